"""Readers of PDF files: pdfium, pdfplumber and camelot."""
