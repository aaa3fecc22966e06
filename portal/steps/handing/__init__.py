"""岗位调整交接 (第八条, SPEC §1.6): 交接单 with a line an item, confirmed by three."""
