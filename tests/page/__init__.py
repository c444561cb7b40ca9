"""Laws of the widget's page, checked in a real Chromium against a kernel written in JavaScript."""
