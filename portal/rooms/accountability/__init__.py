"""问责线索: clues, cases and what became of them (第二十二至二十五条, SPEC §6.3, §6.4)."""
