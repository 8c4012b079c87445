"""Generator of annual reports on open government information, with their expected results.

The generator first decides the content of a report (``model``, ``content``, ``prose``).  One of
three engines then prints it (``drawn``, ``browser``, ``office``).  ``truth`` writes the expected
results from the content, never from the printed file.  The generator does not use the program
under test.
"""
