"""知悉名单: the 机要保密员 keeps the lists of sensitive items without seeing the items."""
