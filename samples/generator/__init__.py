"""Makes annual reports on open government information, each with the truth about it.

The content of a report is decided first (``model``, ``content``, ``prose``), then one of three
engines prints it (``drawn``, ``browser``, ``office``), and the truth is written from the content
(``truth``), never from the printed file.  Nothing here knows the program that reads the reports.
"""
