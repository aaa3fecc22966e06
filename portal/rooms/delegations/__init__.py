"""授权与交接: who acts for whom, and what is handed over (SPEC §1.5, §1.6)."""
