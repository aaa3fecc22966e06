"""Excel tables that people hand in: a declaration of columns gives the template, the reading with a
sentence for each wrong cell, and the file that says what is to be mended (SPEC §8.1).

Whoever imports something declares a `Book` of columns, reads a file with `tables.read`, says at its
rows what else is wrong (`Row.refuse`, `Row.known`), and shows `pages.preview` of the table with
`macros/workbooks.html`. What is confirmed is `Table.digest`: the file is read again, and another
digest means that something changed. `keeping` holds an administrator's file until then;
`importing` and `import_pages` do everything for tables of items, whose rows a worker makes.
"""
