"""账号和口令, kept by 安全保密管理员: who may sign in, and that nobody else does (SPEC §7.7)."""
