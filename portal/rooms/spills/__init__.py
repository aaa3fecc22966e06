"""涉密误录处置 (SPEC §7.2): who finds something reports it, 机要保密员 decides, a worker clears."""
