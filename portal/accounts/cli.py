"""`portal admin`: accounts from the command line, for the first administrators."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from portal.accounts.commands import PasswordRefused
from portal.accounts.enrolment import KINDS, NewAccount, create_account
from portal.errors import NotOffered


@click.group()
def admin() -> None:
    """账号。"""


@admin.command()
@click.option("--kind", type=click.Choice(KINDS), required=True, help="个人，或三类管理员之一。")
@click.option("--username", required=True, help="登录名；个人账号一般即工号。")
@click.option("--emp-no", required=True, help="使用人的工号。")
@click.option("--name", default="", help="使用人的姓名，工号尚未登记时填写。")
@click.option("--password-stdin", is_flag=True, help="从标准输入读取密码。")
def create(kind: str, username: str, emp_no: str, name: str, password_stdin: bool) -> None:
    """为个人或三类管理员之一开通账号。

    三类管理员须由不同人员担任，其账号不带任何业务角色。
    """
    password = _password(password_stdin)
    from portal import create_app

    with create_app().app_context():
        try:
            create_account(NewAccount(kind, username, emp_no, name), password, now=_now())
        except NotOffered as refusal:
            faults = refusal.faults if isinstance(refusal, PasswordRefused) else (refusal.reason,)
            raise click.ClickException("".join(faults)) from refusal
    click.echo(f"账号{username}已开通。")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("密码", hide_input=True, confirmation_prompt=True)
    return typed


def _now() -> datetime:
    return datetime.now(UTC)
