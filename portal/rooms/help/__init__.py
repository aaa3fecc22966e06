"""The rule-book to read, and the table of acts as people may read it."""
