"""批量阅知: what waits for a principal's 阅示, read and signed in one go (SPEC §2.10)."""
