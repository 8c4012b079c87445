"""Queries read reports, findings, tables and search results from a database."""
