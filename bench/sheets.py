"""A worker making sheets: its memory, and the processor time of one sheet.

`python3 -m bench.sheets` forks a child a sheet, as the worker does, and prints JSON: first
children of a process that has not loaded the typesetting, then of one that has.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import os
import statistics
from pathlib import Path

from portal import create_app
from portal.documents.render import render, warm
from portal.documents.sheets import FilingSheet, SignatureBox

SHEETS = 10
DAY = dt.date(2026, 11, 3)
SHEET = FilingSheet(
    college="阿坝职业学院", number="阿职督办〔2026〕32号", title="冬季校园消防安全隐患集中排查整治",
    source="院长2026年11月3日批示", category="instruction", method="written", level=2,
    deadline="2026年11月24日前", responsible_leader="坤清祥", lead_unit="安全保卫处",
    lead_head="坤建军", handlers=("邓涛",), co_units=("后勤与国有资产管理处",), co_heads=("杨初",),
    requirement="各承办单位逐项梳理任务清单，明确责任、时限，实行挂图作战、销号管理。" * 4,
    sign=SignatureBox("同意立项，请抓紧落实。", "坤清祥", DAY),
    review=SignatureBox("同意。", "余茂春", DAY),
    approve=(SignatureBox("同意。", "三郎泽里", DAY),),
    filing=SignatureBox("已编号备案。", "何玉萍", DAY),
)  # fmt: skip


def measure() -> dict[str, float]:
    """Resident memory in MB of the worker and of a child at its peak; CPU seconds a sheet."""
    app = create_app(worker=True)
    gc.collect()
    found = {"cold_worker_mb": _resident()}
    cold = [_child() for _ in range(3)]
    with app.app_context():
        warm()
    found["warm_worker_mb"] = _resident()
    warmed = [_child() for _ in range(SHEETS)]
    for name, runs in (("cold", cold), ("warm", warmed)):
        found[f"{name}_cpu_s"] = statistics.median(cpu for cpu, _ in runs)
        found[f"{name}_peak_mb"] = max(peak for _, peak in runs)
    return found


def _child() -> tuple[float, float]:
    """Make one sheet in a child; its CPU seconds and its peak in MB."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if render("filing", SHEET).startswith(b"%PDF") else 1
        finally:
            os._exit(code)
    _, status, used = os.wait4(pid, 0)
    if status:
        raise RuntimeError("the sheet was not made")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _resident() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


if __name__ == "__main__":
    print(json.dumps(measure()))
