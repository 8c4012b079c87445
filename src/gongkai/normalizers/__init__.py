"""Turns grids and lines into named cells, sections, figures and agencies."""
