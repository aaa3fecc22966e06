"""我的收藏: the items that a person marked (SPEC §8.14)."""
