"""What the sample knows and no command can do yet: left out of the history until it can.

Whoever brings the command takes the row out here and writes the acts in `working`.
"""

from __future__ import annotations

LATER = {
    "extensions": "延期督办、免于督办（第十九条）：A05、B04、C03、C04、C10、D04",
    "urges": "催办（第十六条第四项）：A04、B01、B04、B08",
    "handovers": "岗位交接单（第八条）：C06；接手人先由单位负责人指定",
}
"""By the key of an item in items.json: what is left out, and of which items."""

LATER_TABLES = {
    "urge_notices": "催办通知单1至6号（第十六条第四项、附件2）",
    "inspections": "实地督查S01至S04及整改（第十七条）",
    "accountability": "问责线索Z01至Z03（第二十二至二十五条）",
    "offline_register": "线下登记X01、X02（第二十一条）",
}
"""By the table of items.json."""
