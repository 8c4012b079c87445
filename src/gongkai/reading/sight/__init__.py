"""Proof by sight: compares the numbers of the text layer with the picture of the page."""
