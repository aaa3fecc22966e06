"""汇报通报 (第二十条): 学期报告 to 学校党委、行政 and 通报 to all units.

`snapshot` counts once and keeps what it counted; `drafting` words it; `fields` are the figures
within the texts; `composing` puts the paper together; `making` are the jobs. Who may do what stands
in `rulebook.briefs`.
"""
