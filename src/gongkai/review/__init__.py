"""`gongkai review`: people decide on queued items in a browser on this machine, or in Excel."""
