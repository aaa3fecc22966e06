"""附件: what may be handed in, decided by what is inside, and how it is kept (SPEC §8.14, §7.2)."""
