"""Queries read from a database."""
