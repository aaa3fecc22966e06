"""附件: uploading to an item's page, looking at them, taking them away (SPEC §8.14, §7.2)."""
