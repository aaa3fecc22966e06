"""What the sample knows and no command can do yet: left out of the history until it can.

Whoever brings the command takes the row out here and writes the acts in `working`.
"""

from __future__ import annotations

LATER_TABLES = {
    "offline_register": "线下登记X01、X02（第二十一条）",
}
"""By the table of items.json."""
