"""The `portal` command: every process of the portal and the work around it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import click

from portal.config import SettingError, Settings, load_settings

Command = TypeVar("Command", bound=Callable[..., Any])


def _says_why(command: Command) -> Command:
    """Errors that are sentences for people end the command with 1 and no traceback."""

    @wraps(command)
    def inner(*args: Any, **kwargs: Any) -> Any:
        from portal.demo.guard import DemoAccountsError, HistoryError
        from portal.embedded import EmbeddedError
        from portal.guardrails import UnsafeDatabase
        from portal.supervise import UpError

        try:
            return command(*args, **kwargs)
        except (
            EmbeddedError, UpError, SettingError, DemoAccountsError, HistoryError, UnsafeDatabase
        ) as error:  # fmt: skip
            raise click.ClickException(str(error)) from None

    return inner  # type: ignore[return-value] # wraps keeps the signature


class _WithSlices(click.Group):
    """Commands that slices bring; they are imported only when they are used or listed."""

    slices: ClassVar[dict[str, str]] = {
        "admin": "portal.accounts.cli",
        "audit": "portal.audit.cli",
        "verify": "portal.rooms.verifying.cli",
        "verify-archive": "portal.rooms.archives.cli",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name."""
        return sorted({*super().list_commands(ctx), *self.slices})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command of this module or of a slice's `cli.py`."""
        if cmd_name not in self.slices:
            return super().get_command(ctx, cmd_name)
        name = cmd_name.replace("-", "_")
        found: click.Command = getattr(import_module(self.slices[cmd_name]), name)
        return found

    @_says_why
    def invoke(self, ctx: click.Context) -> Any:
        """Any command, those of the slices too."""
        return super().invoke(ctx)


@click.group(cls=_WithSlices, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """督办督查门户。设置项以 PORTAL_ 开头的环境变量给出，见 docs/deploy.md。"""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr] # a text file


@main.command()
@click.option("--demo", is_flag=True, help="装入示例学院，日期停在 2026-11-23。")
@click.option("--host", help="监听的地址，默认 127.0.0.1。")
@click.option("--port", type=click.IntRange(0, 65535), help="端口，默认 8000；被占用时取下一个。")
@click.option("--allow-remote-demo", is_flag=True, help="允许演示模式监听其他地址（密码公开）。")
@_says_why
def up(demo: bool, host: str | None, port: int | None, allow_remote_demo: bool) -> None:
    """启动全部：数据库、队列、网站、任务、定时。Ctrl-C 停止。"""
    from portal.supervise import up as run

    settings = _settings(host, port)
    run(settings, demo=demo or settings.demo, allow_remote_demo=allow_remote_demo)


@main.command()
@click.option("--superuser-url", help="以此地址（超级用户）建立三个角色和数据库。")
@click.option("--demo", is_flag=True, help="同时装入示例学院。")
@_says_why
def init(superuser_url: str | None, demo: bool) -> None:
    """建立或更新数据表；可以重复执行。"""
    from portal import setup
    from portal.embedded.roles import ROLES

    if superuser_url:
        setup.create_roles(superuser_url)
        click.echo("角色已就绪。请在 psql 中逐个设置密码：")
        for role in ROLES:
            click.echo(f"  \\password {role}")
        if not load_settings().database_owner_url:
            click.echo("设好 PORTAL_DATABASE_OWNER_URL 后，再执行 portal init 建立数据表。")
            return
    setup.migrate(load_settings())
    click.echo("数据表已是最新。")
    if demo:
        setup.load_demo(load_settings())
        click.echo("示例学院已装入。")


@main.command()
@_says_why
def demo() -> None:
    """装入示例学院；可以重复执行。"""
    from portal import setup

    setup.load_demo(load_settings())
    click.echo("示例学院已装入。")


@main.command()
@click.option("--new", is_flag=True, help="先换一个新密钥（保存在数据目录中的那个）。")
@click.option(
    "--keep", type=click.IntRange(0, 1440), default=10, help="旧密钥还有效多少分钟，默认 10。"
)
@_says_why
def rekey(new: bool, keep: int) -> None:
    """更换密钥后告知数据库；可以重复执行。"""
    from datetime import timedelta

    from portal import setup

    if setup.rekey(load_settings(), new=new, keep=timedelta(minutes=keep)):
        click.echo(f"数据库已使用现在的密钥；旧密钥 {keep} 分钟后失效，请在此之前重启各进程。")
    else:
        click.echo("数据库使用的就是现在的密钥，没有变化。")


@main.command()
@click.option("--host", help="监听的地址，默认 127.0.0.1。")
@click.option("--port", type=click.IntRange(0, 65535), help="端口，默认 8000。")
@click.option("--workers", type=click.IntRange(1, 64), default=2, help="进程数，默认 2。")
@_says_why
def web(host: str | None, port: int | None, workers: int) -> None:
    """网站（gunicorn）。"""
    from portal.serving import gunicorn_command

    settings = _settings(host, port)
    command = gunicorn_command(f"{settings.host}:{settings.port}", workers)
    os.execv(command[0], command)  # noqa: S606 - gunicorn takes this process over


@main.command()
@_says_why
def worker() -> None:
    """任务进程：制作表单等。"""
    from jobs.worker import run
    from portal import create_app

    app = create_app(worker=True)
    run(app, app.extensions["portal.settings"].redis_url)


@main.command()
@_says_why
def scheduler() -> None:
    """定时进程；可以同时运行几个。"""
    import logging

    from jobs.scheduler import run
    from portal.embedded import attach

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    run(attach(load_settings()).redis_url)


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def collect(folder: Path) -> None:
    """把样式、脚本和图标写入 FOLDER，供 nginx 直接提供。"""
    from portal.assets import collect as write

    click.echo(f"{len(write(folder))} 个文件已写入 {folder}")


@main.command()
def doctor() -> None:
    """检查安装是否完好，并说明如何修复。"""
    from portal.doctor import examine

    sys.exit(examine())


def _settings(host: str | None, port: int | None) -> Settings:
    settings = load_settings()
    return replace(
        settings,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
    )


if __name__ == "__main__":
    main(prog_name="portal")
