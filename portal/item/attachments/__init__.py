"""附件 on an item's page: uploading, looking at them, taking them away (SPEC §8.14)."""
