"""Render turns stored values into text and tables for people."""
