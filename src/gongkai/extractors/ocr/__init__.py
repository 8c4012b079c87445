"""OCR: page images read into characters and rules, as of digital pages.

Only ``service`` is imported for every file; the other modules load OpenCV and the model.
"""
