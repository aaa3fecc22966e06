"""What the clock tells by itself (SPEC §8.15): reminders of items, weekly lists, delegations.

`table` is the table of rules, `queries`, `regular` find what is due, `audience` who is told, and
`clock` is the round that the schedule runs.
"""
