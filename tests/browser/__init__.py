"""Laws checked in a real JupyterLab and a real Notebook, in a real Chromium."""
