"""Excel tables that people hand in: a declaration of columns gives the template, the reading with a
sentence for each wrong cell, and the file that says what is to be mended (SPEC §8.1).

Whoever imports something declares its `columns`, checks the `Table` that `tables.read` gives, and
shows it with `macros/workbooks.html`; `keeping` holds the file between preview and confirmation.
"""
