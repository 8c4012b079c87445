"""Extractors read pages into characters and rules with places, and lay them into grids and prose."""
