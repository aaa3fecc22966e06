"""`portal doctor`: says of an installation, line by line, what is wrong and how to mend it.

It starts the embedded servers if no address is set, changes nothing, and shows no data.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

import click
import psycopg
import redis
from sqlalchemy import create_engine
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from portal import gate_secret
from portal.config import SettingError, Settings, load_settings
from portal.embedded import EmbeddedError, Servers, attach, connect
from portal.embedded.programs import OLDEST_POSTGRES
from portal.rulebook.identity import Prover
from portal.secret import secret_key

_ROOT = Path(__file__).resolve().parents[1]
_MOST_SKEW = 5.0  # seconds between this machine's clock and the database's


class Ailing(Exception):
    """What is wrong and, after the colon, what to do."""


@dataclass(frozen=True)
class Patient:
    """What every check may look at."""

    settings: Settings
    servers: Servers


def examine() -> int:
    """Run every check, print a line for each; 0 when all is well, 1 otherwise."""
    ill = 0
    for name, check in (("Python", _python), ("依赖包", _packages)):
        ill += _line(name, check)
    try:
        settings = load_settings()
        ill += _line("数据目录", lambda: _folders(settings))
        servers = attach(settings)
    except (SettingError, EmbeddedError) as error:
        click.echo(f"✗ 服务器：{error}")
        return 1
    patient = Patient(settings, servers)
    for name, check_patient in _CHECKS:
        ill += _line(name, lambda check=check_patient: check(patient))  # type: ignore[misc] # bound early
    click.echo("一切正常。" if not ill else f"有 {ill} 处需要处理。")
    return 1 if ill else 0


def _line(name: str, check: Callable[[], str]) -> int:
    try:
        found = check()
    except Ailing as error:
        click.echo(f"✗ {name}：{error}")
        return 1
    click.echo(f"✓ {name}：{found}")
    return 0


def _python() -> str:
    if sys.version_info < (3, 11):  # noqa: UP036 - run by hand with another interpreter
        raise Ailing("低于 3.11：请安装 Python 3.11 或更新，删除 .venv 后执行 python3 run.py")
    return sys.version.split()[0]


def locked(lock: Path) -> Iterator[tuple[str, str, bool]]:
    """Names and versions of a lock file, and whether every platform needs the package."""
    lines = re.finditer(r"^([\w.-]+)==([^\s;\\]+) *(;?)", lock.read_text("utf-8"), re.MULTILINE)
    for found in lines:
        yield found[1], found[2], not found[3]


def _packages() -> str:
    lock = _ROOT / "requirements.lock"
    if not lock.exists():
        return "不是从源码目录运行，未核对版本"
    wrong, number = [], 0
    for name, wanted, everywhere in locked(lock):
        try:
            if version(name) != wanted:
                wrong.append(f"{name} {version(name)}（应为 {wanted}）")
            number += 1
        except PackageNotFoundError:
            if everywhere:
                wrong.append(f"{name} 未安装")
    if wrong:
        raise Ailing(f"{'、'.join(wrong)}：请删除 .venv 后执行 python3 run.py")
    return f"{number} 个，与 requirements.lock 一致"


def _folders(settings: Settings) -> str:
    for folder in (settings.data_dir, settings.files_dir):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                continue
        except OSError as error:
            raise Ailing(
                f"{folder} 不可写（{error.strerror}）：请改其权限，或设置 PORTAL_DATA_DIR"
            ) from None
    key = settings.data_dir / "secret-key"
    if key.exists() and key.stat().st_mode & 0o077:
        raise Ailing(f"{key} 其他人可读：请执行 chmod 600 {key}")
    return str(settings.data_dir.absolute())


def _database(patient: Patient) -> str:
    number = int(str(_ask(patient.servers.database_url, "SHOW server_version_num")))
    if number // 10_000 < OLDEST_POSTGRES:
        raise Ailing(f"PostgreSQL {number // 10_000} 太旧：请升级到 {OLDEST_POSTGRES} 或更新")
    if _ask(patient.servers.database_url, "SHOW server_encoding") != "UTF8":
        raise Ailing("编码不是 UTF8：请以 ENCODING 'UTF8' 重建数据库")
    return f"PostgreSQL {_ask(patient.servers.database_url, 'SHOW server_version')}"


def _roles(patient: Patient) -> str:
    urls = (patient.servers.database_url, patient.servers.worker_url, patient.servers.owner_url)
    names = []
    for url in dict.fromkeys(urls):
        name = str(_ask(url, "SELECT current_user"))
        if _ask(url, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"):
            raise Ailing(f"{name} 能绕过行级安全：请执行 ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS")
        names.append(name)
    owned = (
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"
    )
    if _ask(patient.servers.database_url, owned):
        raise Ailing(
            f"{names[0]} 拥有数据表，行级安全对其无效："
            "请让 PORTAL_DATABASE_URL 使用 portal_web，PORTAL_DATABASE_OWNER_URL 使用 portal_owner"
        )
    return "、".join(names)


def _migrations(patient: Patient) -> str:
    from alembic.script import ScriptDirectory

    head = ScriptDirectory(str(_ROOT / "migrations")).get_current_head()
    try:
        with connect(patient.servers.owner_url) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.errors.UndefinedTable:
        row = None
    found = str(row[0]) if row else "空"
    if found != head:
        raise Ailing(f"数据表停在 {found}，应为 {head}：请执行 portal init")
    return f"版本 {head}"


def gate(patient: Patient) -> str:
    """Whether the database believes what the application says of its readers (第二十一条)."""
    prover = Prover(secret_key(patient.settings))
    for url in dict.fromkeys((patient.servers.database_url, patient.servers.worker_url)):
        engine = create_engine(url, execution_options={"prover": prover}, poolclass=NullPool)
        try:
            believed = gate_secret.is_believed(engine)
        except ProgrammingError:
            raise Ailing("数据表中还没有：请执行 portal init") from None
        if not believed:
            raise Ailing(
                "数据库不认这个密钥，所有人都看不到任何事项：请在每台机器上使用同一 "
                "PORTAL_SECRET_KEY；如果是有意更换的，请执行 portal rekey"
            )
    return "程序与数据库的密钥一致"


def _queue(patient: Patient) -> str:
    url = patient.servers.redis_url
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5) as client:
            found: dict[str, object] = client.info("server")
    except redis.exceptions.RedisError as error:
        raise Ailing(
            f"没有应答（{type(error).__name__}）：请检查 PORTAL_REDIS_URL 和该服务"
        ) from None
    parts = urlsplit(url)
    if parts.scheme != "unix" and not parts.password and not patient.settings.demo:
        raise Ailing("没有密码：请设置 requirepass，并写入 PORTAL_REDIS_URL")
    return f"{found.get('server_name', 'redis')} {found.get('redis_version', '')}"


def _clock(patient: Patient) -> str:
    there = _ask(patient.servers.database_url, "SELECT now()")
    if not isinstance(there, datetime):
        raise Ailing("数据库没有给出时间：请检查 PORTAL_DATABASE_URL")
    skew = abs((datetime.now(UTC) - there).total_seconds())
    if skew > _MOST_SKEW:
        raise Ailing(f"与数据库相差 {skew:.0f} 秒：请在两台机器上启用时间同步")
    if patient.settings.today and not patient.settings.demo:
        raise Ailing("PORTAL_TODAY 只用于演示：请删去此设置")
    return f"{there:%Y-%m-%d %H:%M} UTC"


def _fonts(_patient: Patient) -> str:
    folder = _ROOT / "portal" / "documents" / "fonts"
    found = sorted(path.name for path in folder.glob("*.ttf") if os.access(path, os.R_OK))
    if not found:
        raise Ailing(f"{folder} 中没有字体，表单无法排版：请重新取得项目文件")
    return f"{len(found)} 个字体文件"


def _assets(_patient: Patient) -> str:
    from flask import Flask

    from portal.assets import init_assets

    try:
        init_assets(Flask("portal", static_folder=None))
    except (OSError, ImportError, KeyError, ValueError) as error:
        raise Ailing(f"样式与脚本不全（{error}）：请删除 .venv 后执行 python3 run.py") from None
    return "样式与脚本齐全"


def _ask(url: str, question: str) -> object:
    try:
        with connect(url) as connection:
            row = connection.execute(question.encode()).fetchone()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise Ailing(f"无法连接（{reason}）：请检查数据库服务和 PORTAL_DATABASE_URL") from None
    return row[0] if row else None


_CHECKS: tuple[tuple[str, Callable[[Patient], str]], ...] = (
    ("数据库", _database),
    ("数据库角色", _roles),
    ("数据表", _migrations),
    ("知悉范围的密钥", gate),
    ("队列", _queue),
    ("时钟", _clock),
    ("字体", _fonts),
    ("网页文件", _assets),
)
