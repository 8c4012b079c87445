"""Reading turns one file into reports: start at report.py."""
