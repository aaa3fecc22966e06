"""知悉范围 第二十一条, SPEC §7.3: who may know of a sensitive item."""
