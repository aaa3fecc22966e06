"""`portal verify`: whether a PDF is the one that the portal keeps, from the command line.

Says nothing of what an item is about; of a sensitive one not even its number (SPEC §7.5, 11, 12).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

import click

from portal.filters import full_time
from portal.rooms.verifying.checking import TooLarge, Verdict, check
from portal.rooms.verifying.queries import Kept
from portal.rulebook.scope import everything, view_as_clock

EXIT: Final = {"current": 0, "differs": 1, "unknown": 1, "old": 3}
SAID: Final = {
    "current": "与系统保存的现行版本一致。",
    "old": "与系统保存的版本一致，但该版本已被更新或不再有效。",
    "differs": "载有系统的核验码，但与系统保存的版本不一致：可能被改动、另存、打印后扫描。",
    "unknown": "不是系统保存的文件，也不是系统提供的副本。",
}
STANDS: Final = {"current": "现行版本", "superseded": "已有更新版本", "gone": "已不再有效"}


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="以JSON输出。")
def verify(file: Path, as_json: bool) -> None:
    """核验 FILE 是否为系统保存的文书，或从系统下载的带水印副本。

    退出码：0 与现行版本一致；1 不一致或未登记；2 文件不能读取；3 一致，但已被更新或不再有效。
    不输出事项内容。
    """
    from flask import current_app

    from portal import create_app

    with create_app(worker=True).app_context(), everything(because="核验文书"):
        try:
            with file.open("rb") as stream:
                verdict = check(view_as_clock(current_app.extensions["portal.clock"]), stream)
        except TooLarge:
            click.echo("文件过大，不是系统提供的文件。", err=True)
            sys.exit(2)
        except OSError as error:
            click.echo(f"文件不能读取：{error.strerror}。", err=True)
            sys.exit(2)
        said = _said(verdict)
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        _as_text(said)
    sys.exit(EXIT[verdict.outcome])


def _said(verdict: Verdict) -> dict[str, Any]:
    copies = [
        {**_what(copy.kept), "by": f"{copy.name}（{copy.emp_no}）", "at": full_time(copy.at)}
        for copy in verdict.copies
    ]
    return {
        "outcome": verdict.outcome,
        "sha256": verdict.digest,
        "kept": [_what(one) for one in verdict.kept],
        "copies": copies,
        "bears": [_what(one) for one in verdict.bears],
        "unread": verdict.unread,
    }


def _what(kept: Kept) -> dict[str, str]:
    item = kept.item
    told = {"label": kept.label, "item": "", "address": ""}
    if item is not None:
        told["item"] = "敏感事项" if kept.sensitive else kept.number or "未编号"
        told["address"] = f"/items/{item.public_id}"
    made = full_time(kept.made_at) if kept.made_at is not None else ""
    return {**told, "as_of": kept.as_of, "made_at": made, "stand": STANDS[kept.stand]}


def _as_text(said: dict[str, Any]) -> None:
    click.echo(SAID[said["outcome"]])
    for one in (*said["kept"], *said["bears"], *said["copies"]):
        parts = (one["label"], one["item"], one["as_of"], one["stand"], one["address"])
        click.echo("　".join(part for part in parts if part))
        if "by" in one:
            click.echo(f"带水印的副本，{one['by']}于{one['at']}下载")
    if said["unread"]:
        click.echo(said["unread"])
    click.echo(f"SHA-256 {said['sha256']}")
