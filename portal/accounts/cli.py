"""`portal admin`: accounts from the command line: those of the administrators, who in the browser
have no power over one another."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import click

from portal.accounts.commands import PasswordRefused
from portal.accounts.enrolment import (
    KINDS,
    NewAccount,
    create_account,
    set_active,
    set_password,
)
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
    typed = _password(password_stdin)
    wanted = NewAccount(kind, username, emp_no, name)
    _run(lambda: create_account(wanted, typed, now=_now()))
    click.echo(f"账号{username}已开通。")


@admin.command()
@click.option("--username", required=True, help="登录名。")
@click.option("--password-stdin", is_flag=True, help="从标准输入读取密码。")
def password(username: str, password_stdin: bool) -> None:
    """为忘记密码的管理员更改密码；其登录会话随即结束。"""
    typed = _password(password_stdin)
    _run(lambda: set_password(username, typed, now=_now()))
    click.echo(f"账号{username}的密码已更改。")


@admin.command()
@click.option("--username", required=True, help="登录名。")
def close(username: str) -> None:
    """停用账号；其登录会话随即结束。"""
    _run(lambda: set_active(username, False, now=_now()))
    click.echo(f"账号{username}已停用。")


@admin.command()
@click.option("--username", required=True, help="登录名。")
def reopen(username: str) -> None:
    """恢复已停用的账号。"""
    _run(lambda: set_active(username, True, now=_now()))
    click.echo(f"账号{username}已恢复。")


def _run(act: Callable[[], object]) -> None:
    """Do it within the application; a refusal ends the command with its sentences."""
    from portal import create_app

    with create_app().app_context():
        try:
            act()
        except NotOffered as refusal:
            faults = refusal.faults if isinstance(refusal, PasswordRefused) else (refusal.reason,)
            raise click.ClickException("".join(faults)) from refusal


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("密码", hide_input=True, confirmation_prompt=True)
    return typed


def _now() -> datetime:
    return datetime.now(UTC)
