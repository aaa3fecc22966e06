"""签批: one page a decision, made for a telephone, and 批量签批 (SPEC §2.3, §8.5)."""
