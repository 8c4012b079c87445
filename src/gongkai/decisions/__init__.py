"""Records of what people decided about readings, and their effect on the stored reports."""
