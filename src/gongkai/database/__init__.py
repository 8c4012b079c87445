"""The schema, connections, migrations, views and the data dictionary of the database."""
