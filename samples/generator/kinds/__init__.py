"""Kinds of print that differ from the text layer, and unusual layouts: ``samples/kinds``."""
