"""审计日志, read and exported by 安全审计员, who sees no title (SPEC §7.5 (11), §7.7)."""
