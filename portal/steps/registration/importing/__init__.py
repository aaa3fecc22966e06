"""批量导入: drafts from an Excel table, one a row (第十二条、第十六条（一）; SPEC §8.1)."""
