"""A term of the college, lived through by a driven clock and counted twice.

`item_lives` and `urge_lives` say what people do and when; `office`, `requesting` and `urging` do it
by the portal's own commands. `ledger`, `runs` and `telling` keep beside it what follows by the
articles, with the dates of `almanac` and the people of `cast`; they read nothing that the portal
has derived. `compare` holds the portal's rows and answers against them; `term` drives the clock.
"""
