"""签批: one signature in any approval's open box (第十二条, 附件 1, 附件 3)."""
