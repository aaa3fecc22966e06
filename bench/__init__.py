"""Measured speed: `python3 -m bench`. Nothing here runs in a test or in production."""
