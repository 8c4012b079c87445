"""Analysis turns reports and databases into pandas frames."""
