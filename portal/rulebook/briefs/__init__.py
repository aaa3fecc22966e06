"""第二十条: 学期报告 and 通报 from the draft to the release.

They are about no single item, so the acts of an item do not reach them: `table` says who may do
what, who signs in which order and who reads; `acting` alone moves them; `guards` are the
conditions, `naming` looks for units named beside words of criticism (decisions 0143, 0144).
"""
