"""Layout finds tables, text lines and page furniture on a page."""
