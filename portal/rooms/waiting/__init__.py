"""卡在哪里: which signatures wait for whom since when; for 党政办 alone (SPEC §2.3)."""
