"""`portal verify-archive`: checking an archive package from the command line (第十六条（七）)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from portal.rooms.archives.checking import NoPackage, Report, check

SOUND, DIFFERENT, NO_PACKAGE = 0, 1, 3


@click.command("verify-archive")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--chain", is_flag=True, help="同时与本机系统的封存链和存档记录核对。")
@click.option("--json", "as_json", is_flag=True, help="以JSON输出。")
def verify_archive(file: Path, chain: bool, as_json: bool) -> None:
    """核对档案包FILE：各文件的摘要、大小、页数，缺失和多余的文件，办理记录的封存摘要。

    不连接数据库也可核对；加 --chain 时还核对封存摘要是否在本机系统的封存链中、档案包是否为
    系统生成。退出码：0 一致，1 不一致，3 不是本系统的档案包或已损坏。
    """
    try:
        with click.progressbar(length=file.stat().st_size, label="核对", file=sys.stderr) as bar:
            report = check(file, bar.update)
    except NoPackage as error:
        click.echo(str(error), err=True)
        sys.exit(NO_PACKAGE)
    stored = _with_server(report) if chain else None
    (_as_json if as_json else _as_text)(report, stored)
    sys.exit(SOUND if report.sound else DIFFERENT)


def _with_server(report: Report) -> str:
    """Add what the server's chain does not hold; which package it is there."""
    from portal import create_app
    from portal.rooms.archives.known import seals_missing, stored_as

    with create_app(worker=True).app_context():
        for position in seals_missing(report.seals):
            report.wrong.append(f"封存链第{position}位：与系统中的封存摘要不符。")
        found = stored_as(report.sha256)
    if not found:
        report.wrong.append("系统中没有与本文件SHA-256相同的档案包。")
    return found


def _as_json(report: Report, stored: str | None) -> None:
    said: dict[str, Any] = {
        "ok": report.sound,
        "sha256": report.sha256,
        "files": report.files,
        "events": report.events,
        "wrong": report.wrong,
        "stored": stored,
    }
    click.echo(json.dumps(said, ensure_ascii=False, indent=2))


def _as_text(report: Report, stored: str | None) -> None:
    for said in report.wrong:
        click.echo(said)
    verdict = "一致" if report.sound else f"发现{len(report.wrong)}处不一致"
    click.echo(f"已核对{report.files}份文件、{report.events}条办理记录，{verdict}。")
    if stored:
        click.echo(stored)
    click.echo(f"本文件SHA-256：{report.sha256}")
