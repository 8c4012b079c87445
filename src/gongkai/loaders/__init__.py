"""Loaders keep what was read: one database, one transaction a file."""
