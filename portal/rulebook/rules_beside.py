"""第七、八、十六（四）、十七、十九、二十二至二十五条: what runs beside an item in work.

电话记录: rows of the table of acts, one small machine each (`machines` names their states). 催办
stands in `rules_urging`, 延期 and 免于督办 in `rules_extending`, 岗位交接 in `rules_handing`,
实地督查 and 整改 in `rules_inspecting`, 借阅 in `rules_lending`, 问责线索 in
`rules_accountability`; `rule_shapes` explains a row.
"""

from __future__ import annotations

from portal.rulebook import guards
from portal.rulebook.chains import RUNNING
from portal.rulebook.rule_shapes import (
    CLOSING,
    OFFICE,
    UNITS,
    Rule,
)
from portal.rulebook.rules_accountability import ACCOUNTABILITY
from portal.rulebook.rules_extending import EXTENSIONS
from portal.rulebook.rules_handing import HANDOVERS
from portal.rulebook.rules_inspecting import INSPECTIONS
from portal.rulebook.rules_lending import LENDING
from portal.rulebook.rules_urging import URGING

BESIDE: tuple[Rule, ...] = (
    *EXTENSIONS,
    *URGING,
    *INSPECTIONS,
    # 电话（短信）督办 第十五条
    Rule(
        "phone_record", "登记电话督办", "phone_record", (), "noted",
        by=OFFICE, tells=UNITS, article="15",
        needs=(guards.declared, guards.call_sound),
        during=(*RUNNING, *CLOSING), document="phone", makes=True, tells_too=("units",),
    ),
    *HANDOVERS,
    *LENDING,
    *ACCOUNTABILITY,
)  # fmt: skip
