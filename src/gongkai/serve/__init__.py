"""Show a database in the browser with Datasette."""
