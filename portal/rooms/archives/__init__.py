"""档案: the archive packages of items and of years, made by jobs (第十六条（七）, SPEC §2.11).

`papers` says what is in an item's package, `listing` prints and writes its 目录, `chain` proves
its events, `making` puts it together; `checking` tells whether a package is still what it was.
"""
