"""What a brief says of a period, counted by a job and kept: figures, the balance, the lists.

No sensitive item is in it, whoever counts (SPEC §7.5 rule 5). All of it is plain data, so that its
digest says for ever what it said.
"""
