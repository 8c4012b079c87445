"""Resolves printed names of agencies: all spellings of a name give the same agency."""
