"""代录: what was signed on paper is entered from its scan, objected to, answered (SPEC §8.4)."""
