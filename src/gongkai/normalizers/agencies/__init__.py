"""Agencies: from the printed name of an agency to one identity for all its spellings."""
