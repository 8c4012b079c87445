"""Layout: text lines, tables and page furniture from the characters and rules of a page."""
