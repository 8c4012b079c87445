"""Documents: titles, sections and paragraphs of the reports in a file."""
