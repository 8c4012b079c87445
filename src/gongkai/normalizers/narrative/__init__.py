"""Reads figures from running text: ``figures.FigureReader``."""
