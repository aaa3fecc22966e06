"""统计分析: the ledger of a period as pictures."""
