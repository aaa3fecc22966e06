"""单位、人员和任职 from Excel tables: looked at row by row, brought in whole (SPEC §8.1)."""
