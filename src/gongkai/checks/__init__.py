"""Checks identities, completeness, prose against tables and year against year; finds causes."""
