"""Ingest reads many files into one database."""
