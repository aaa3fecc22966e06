"""管理: what each of the three administrators keeps, on one page (三员分立, SPEC §1.3)."""
