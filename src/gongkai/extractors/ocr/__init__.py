"""OCR: pages that are images, read into the characters and rules of any other page.

Only ``service`` is imported for every file; the other modules load OpenCV and the model.
"""
