"""搜索 (SPEC §8.8): items, units, persons, articles and pages, over what one may know of."""
