"""Sorts of sheets: which of them an item has, whose they are, as of which act they stand.

Each module knows one sort; `portal.documents.table` joins it with what fills and what sets it.
"""
