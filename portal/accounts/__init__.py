"""Who signs in: accounts, passwords, lockout, sessions, persons and their posts (SPEC §1, §7.7)."""
