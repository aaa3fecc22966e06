"""第二十条, SPEC §6.1: the papers of a week and of a month, for units, school leaders and 党政办.

A paper is what stands in the tables when it is opened, as far as its reader may know of it; nothing
of it is kept, so that no copy outlives a right.
"""
