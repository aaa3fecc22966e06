"""A worker making sheets: its memory, the processor time and the size of one sheet.

`python3 -m bench.sheets` forks a child a sheet, as the worker does, and prints JSON: first
children of a process that has not loaded the typesetting, then of one that has. With
`--weasyprint` it then lets WeasyPrint set the same HTML in the same way, in a venv of its own under
`var/bench` that it makes once (WeasyPrint needs Pango on the machine).
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from bench.children import FONTS, made_in_children, resident
from portal import create_app
from portal.documents.form_table import FORMS
from portal.documents.render import render, warm
from portal.documents.sheets import FilingSheet, SignatureBox
from portal.documents.steps import STEPS
from portal.documents.templating import html_of
from portal.documents.typesetting.characters import BLANK, IDEOGRAPHIC_SPACE, JOINER
from portal.documents.wording import WORDING

ROOT = Path(__file__).resolve().parents[1]
OTHER = ROOT / "var" / "bench" / "weasyprint"
WANTED = "weasyprint==70.0"
SHEETS = 10
DAY = dt.date(2026, 11, 3)
SHEET = FilingSheet(
    college="阿坝职业学院", number="阿职督办〔2026〕32号", title="冬季校园消防安全隐患集中排查整治",
    source="院长2026年11月3日批示", category="instruction", method="written", level=2,
    deadline="2026年11月24日前", responsible_leader="坤清祥", lead_unit="安全保卫处",
    lead_head="坤建军", handlers=("邓涛",), co_units=(
        "后勤与国有资产管理处", "学生工作部", "计划财务处", "组织人事部", "教务处", "信息化中心",
    ), co_heads=("杨初", "余㛃", "王垚", "曾骉", "何赟", "吴喆"),
    requirement="各承办单位逐项梳理任务清单，明确责任、时限，实行挂图作战、销号管理。" * 6,
    sign=SignatureBox("同意立项，请安全保卫处牵头抓紧落实，并于每月底前报送进展。", "坤清祥", DAY),
    review=SignatureBox("同意。", "余茂春", DAY),
    approve=(SignatureBox("同意。", "三郎泽里", DAY),),
    filing=SignatureBox("已编号备案。", "何玉萍", DAY),
)  # fmt: skip
"""Annex 1 with ordinary content: 200 characters, six co-units, four boxes signed."""


def measure() -> dict[str, float]:
    """Resident memory in MB of the worker and of a child at its peak; CPU seconds and bytes of a
    sheet."""
    app = create_app(worker=True)
    gc.collect()
    found = {"cold_worker_mb": resident()}
    cold = made_in_children(_made, 3)
    with app.app_context():
        warm()
    found["warm_worker_mb"] = resident()
    warmed = made_in_children(_made, SHEETS)
    for name, made in (("cold", cold), ("warm", warmed)):
        found |= {f"{name}_{key}": value for key, value in made.items()}
    return found


def _made() -> bytes:
    return render("filing", SHEET)


def compare() -> dict[str, float]:
    """The same of WeasyPrint; RuntimeError if it cannot be installed or run here."""
    python = OTHER / "bin" / "python"
    if not python.exists():
        venv.create(OTHER, with_pip=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", WANTED]
        subprocess.run(install, check=True, stdout=sys.stderr)  # noqa: S603 - our own command
    with tempfile.TemporaryDirectory() as folder:
        html = Path(folder) / "sheet.html"
        html.write_text(_samehtml_of(), encoding="utf-8")
        command = [python, "-m", "bench.weasyprint_sheet", html, str(SHEETS)]
        told = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603 - as above
    found = json.loads(told.stdout.splitlines()[-1])
    return {f"weasyprint_{key}": value for key, value in found.items()}


def _samehtml_of() -> str:
    """The HTML as the sheet is set, the roomiest step that takes one page; with the page's size and
    the columns' widths said as WeasyPrint wants them, without the private characters of ours."""
    from portal.documents.typesetting.page import Page, fits
    from portal.documents.typesetting.story import story

    form = FORMS["filing"]
    title = WORDING.filing_title.replace("{college}", SHEET.college)
    for step in STEPS:
        html = html_of(form, SHEET, WORDING, title, step, {})
        if fits(story(html), Page(title, step.margin, step.margin)):
            break
    size = f"@page {{ size: A4; margin: {step.margin}mm 27mm; }}"
    columns = "".join(f'<col style="width: {width}mm">' for width in (26, 52, 26, 52))
    table = "table { table-layout: fixed; width: 156mm; border-collapse: collapse; }"
    html = html.replace("<style>", f"<style>{size} {table}").replace("<table>", f"<table>{columns}")
    html = html.replace(JOINER, "").replace(BLANK, IDEOGRAPHIC_SPACE)
    for face in FONTS:
        html = html.replace(f"Sheet-{face}", f"Sheet{face.capitalize()}")
    return html


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--weasyprint", action="store_true")
    measured = measure()
    print(json.dumps(measured | (compare() if parser.parse_args().weasyprint else {})))
