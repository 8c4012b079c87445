"""Documents: where reports begin in a file, their titles, sections and paragraphs."""
