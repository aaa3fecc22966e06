"""`portal audit`: checking the event log from the command line (等保 8.1.4.3)."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

import click
from sqlalchemy.exc import ProgrammingError

from portal.audit.verify import KINDS, Finding, Verification, sealed_count

SHOWN = 100
"""Findings told one by one; of more the number is told."""


@click.group()
def audit() -> None:
    """办理记录的核对。"""


@audit.command()
@click.option("--head", "noted", default="", help="此前留存的摘要；核对其仍在链中。")
@click.option("--json", "as_json", is_flag=True, help="以JSON输出。")
def verify(noted: str, as_json: bool) -> None:
    """核对办理记录自封存以来有无改动、移除、插入、移位。

    不输出任何事项内容。没有发现退出码为0，有发现为1。
    """
    from portal import create_app

    with create_app(worker=True).app_context():
        try:
            total = sealed_count()
        except ProgrammingError as error:
            raise click.ClickException(
                "数据库角色不能读取封存记录：请以任务进程的角色（portal_worker）执行，"
                "并先执行 portal init 更新数据表。"
            ) from error
        with click.progressbar(length=total, label="核对", file=sys.stderr) as bar:
            check = Verification(noted.strip().lower(), bar.update)
            found, shown = Counter[str](), list[Finding]()
            for finding in check.findings():
                found[finding.kind] += 1
                if len(shown) < SHOWN:
                    shown.append(finding)
    (_as_json if as_json else _as_text)(check, found, shown)
    sys.exit(1 if found else 0)


def _as_json(check: Verification, found: Counter[str], shown: list[Finding]) -> None:
    said: dict[str, Any] = {
        "ok": not found,
        "checked": check.checked,
        "waiting": check.waiting,
        "head": check.head,
        "found": dict(found),
        "findings": [finding._asdict() for finding in shown],
    }
    click.echo(json.dumps(said, ensure_ascii=False, indent=2))


def _as_text(check: Verification, found: Counter[str], shown: list[Finding]) -> None:
    for finding in shown:
        click.echo(_line(finding))
    if found.total() > len(shown):
        click.echo(f"另有{found.total() - len(shown)}处未列出。")
    verdict = f"发现{found.total()}处异常" if found else "未发现异常"
    click.echo(f"已核对{check.checked}条已封存的办理记录，{verdict}；等待封存{check.waiting}条。")
    click.echo(f"最新摘要（请抄录留存，下次以 --head 核对）：{check.head}")


def _line(finding: Finding) -> str:
    where = []
    if finding.position is not None:
        where.append(f"第{finding.position}位")
    if finding.event_id is not None:
        where.append(f"记录{finding.event_id}")
    if finding.item_id is not None:
        where.append(f"事项{finding.item_id}")
    return "，".join(where) + ("：" if where else "") + KINDS[finding.kind] + "。"
