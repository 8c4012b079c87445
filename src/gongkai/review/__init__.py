"""`gongkai review`: what waits for a person, settled in a browser on this machine."""
