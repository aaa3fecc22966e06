"""What the sample knows and no command can do yet: left out of the history until it can.

Whoever brings the command takes the row out here and writes the acts in `working`.
"""

from __future__ import annotations

LATER_TABLES = {
    "accountability": "问责线索Z01至Z03（第二十二至二十五条）",
    "offline_register": "线下登记X01、X02（第二十一条）",
}
"""By the table of items.json."""
