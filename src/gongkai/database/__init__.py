"""Database holds the schema, connections, migrations and views."""
