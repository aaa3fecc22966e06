"""工作台 and 待办: what waits for this person, and how things stand."""
