"""Scans of signed sheets: taken in, read by a worker, kept until they are filed (SPEC §8.4)."""
