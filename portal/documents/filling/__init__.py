"""Filling the sheets from the item, as the person who asked may read it: a module a sort."""
