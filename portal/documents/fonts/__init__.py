"""The typefaces of the printed sheets (SPEC §5.1), as files; `build.py` makes them again."""
