"""Families load pipelines/ and hold what is known about each kind of report."""
