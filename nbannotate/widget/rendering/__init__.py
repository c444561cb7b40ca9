"""Finished answers drawn as static HTML, for reports and saved notebooks.

What is kept true: all of a row's text enters the HTML as text, and nothing in it runs.
"""

from nbannotate.widget.rendering.show import Rendering, show

__all__ = ["Rendering", "show"]
