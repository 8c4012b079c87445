"""Extractors read pages into characters and ruled lines, and lay them into grids and prose."""
