"""编号管理: which numbers are in use, and those used outside the items; for 党政办 only."""
