"""Agencies: printed names of bodies to stable bodies."""
