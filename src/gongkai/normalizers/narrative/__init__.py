"""Narrative: numbers in running text to figures."""
