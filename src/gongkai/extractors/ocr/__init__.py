"""Pages that are pictures, read into the same characters and rules as any other page.

Loaded only when a page asks for it: these modules bring OpenCV and the recogniser.
"""
