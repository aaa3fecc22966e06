"""扫描件归件: signed sheets come back in one scan and go to their items and boxes."""
