"""Extractors: pages read into characters and rules, and laid out in grids and lines."""
