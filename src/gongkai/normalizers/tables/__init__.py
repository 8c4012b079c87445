"""From grids to named cells of the official tables; start with ``table_reader``."""
