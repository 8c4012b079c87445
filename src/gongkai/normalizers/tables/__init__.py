"""Tables: grids to named cells of the official form."""
