"""指标 (SPEC §6.2): the college, its units, its people, for a term or other days."""
