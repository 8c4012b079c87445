"""Serve shows a database in the browser with Datasette."""
