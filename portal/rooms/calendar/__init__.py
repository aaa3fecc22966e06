"""工作日历 (SPEC §3.3): what everybody sees of it, the calculator, the administrator's room."""
