"""减负: what 党政办 asked of each unit (减负台账), and what a unit reports on one page."""
