"""Ingestion reads many files into one database."""
