"""Loads the data files of pipelines/: what is known about each kind of report."""
