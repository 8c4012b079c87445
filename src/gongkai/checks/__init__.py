"""Checks: identities, completeness, text against tables, year against year; and causes."""
