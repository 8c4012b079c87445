"""Loaders write reports into the database, in one transaction per file."""
