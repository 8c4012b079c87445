"""Checks prove numbers against each other and names against the printed order."""
