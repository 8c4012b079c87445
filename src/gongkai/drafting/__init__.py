"""Drafts the data files of a new family of reports from a few sample files."""
