"""A small layer of typesetting between xhtml2pdf's HTML and reportlab's pages (SPEC §5.1).

xhtml2pdf reads the HTML and its style sheet; this package breaks Chinese lines, draws the
forms' tables and builds the pages. `characters` and `breaking` are plain Python; the other
modules load reportlab and xhtml2pdf and are imported only where a sheet is rendered.
"""
