"""催办管理: whom 党政办 should urge, and the notices under way (第十六条（四）)."""
