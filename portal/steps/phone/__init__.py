"""电话（短信）督办 about an item in work (第十五条, SPEC §2.13)."""
