"""复制群通知: what a unit is to be reminded of, as a text for its group (第十六条（四）（五）)."""
