"""The secret that application and database share: entered, replaced, checked (decision 0063)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine, create_engine

from portal import cli, create_app, gate_secret, setup
from portal.clock import Clock
from portal.config import SettingError, Settings
from portal.doctor import Ailing, Patient, gate
from portal.embedded import Servers, connect
from portal.guardrails import UnsafeDatabase
from portal.rulebook.identity import Prover
from portal.secret import renew, secret_key
from tests.conftest import ANCHOR, close, test_settings
from tests.gate import SECRET_KEY

NOW, LATER = timedelta(0), timedelta(minutes=10)
OLD, NEW = Prover(SECRET_KEY), Prover("new")


@pytest.fixture
def owner(database: Servers) -> Iterator[Engine]:
    """The owner's engine."""
    engine = create_engine(database.owner_url)
    yield engine
    engine.dispose()


def _believed(database: Servers, prover: Prover) -> bool:
    engine = create_engine(database.database_url, execution_options={"prover": prover})
    try:
        return gate_secret.is_believed(engine)
    finally:
        engine.dispose()


def test_the_migration_enters_the_applications_own(database: Servers) -> None:
    assert _believed(database, OLD)
    assert not _believed(database, NEW)


def test_a_second_migration_enters_none(college: Flask, owner: Engine) -> None:
    with owner.begin() as connection:
        gate_secret.enter_first(connection, NEW)
    assert not _believed_by(college, NEW)


def _believed_by(app: Flask, prover: Prover) -> bool:
    engine = create_engine(
        app.config["SQLALCHEMY_DATABASE_URI"], execution_options={"prover": prover}
    )
    try:
        return gate_secret.is_believed(engine)
    finally:
        engine.dispose()


def test_the_old_one_is_believed_until_it_retires(database: Servers, owner: Engine) -> None:
    with owner.begin() as connection:
        assert gate_secret.replace(connection, NEW, LATER)
    assert _believed(database, NEW)
    assert _believed(database, OLD)
    with owner.begin() as connection:
        assert gate_secret.replace(connection, NEW, NOW), "the old one goes at once now"
    assert _believed(database, NEW)
    assert not _believed(database, OLD)


def test_replacing_twice_changes_nothing(database: Servers, owner: Engine) -> None:
    with owner.begin() as connection:
        assert not gate_secret.replace(connection, OLD, LATER)
    with owner.begin() as connection:
        assert gate_secret.replace(connection, NEW, LATER)
    with owner.begin() as connection:
        assert not gate_secret.replace(connection, NEW, LATER)
    with connect(database.owner_url) as raw:
        assert raw.execute("SELECT count(*) FROM gate_secret").fetchone() == (2,)


def test_back_to_the_former_key(database: Servers, owner: Engine) -> None:
    """Who changed the key by mistake changes it back."""
    with owner.begin() as connection:
        gate_secret.replace(connection, NEW, LATER)
        gate_secret.replace(connection, OLD, NOW)
    assert _believed(database, OLD)
    assert not _believed(database, NEW)


def _settings(database: Servers, folder: Path, **changed: object) -> Settings:
    return replace(test_settings(database, folder), **changed)  # type: ignore[arg-type]  # by name


def test_another_key_is_refused_at_the_start_and_told_by_doctor(
    database: Servers, tmp_path: Path
) -> None:
    """The portal would serve nothing but empty pages."""
    wrong = _settings(database, tmp_path, secret_key="another")
    with pytest.raises(UnsafeDatabase, match="portal rekey"):
        create_app(wrong, clock=Clock.standing_at(ANCHOR))
    with pytest.raises(Ailing, match="portal rekey"):
        gate(Patient(wrong, database))
    assert setup.rekey(wrong, new=False, keep=NOW)
    close(create_app(wrong, clock=Clock.standing_at(ANCHOR)))
    assert "一致" in gate(Patient(wrong, database))


def test_doctor_before_the_tables_are_there(database: Servers, tmp_path: Path) -> None:
    with connect(database.owner_url) as raw:
        raw.execute("DROP VIEW gate CASCADE")
    with pytest.raises(Ailing, match="portal init"):
        gate(Patient(_settings(database, tmp_path), database))


def test_a_new_key_in_the_data_directory(database: Servers, tmp_path: Path) -> None:
    """Made in one step, readable by its owner only; given by the environment it is refused."""
    settings = _settings(database, tmp_path, secret_key="")
    before = secret_key(settings)
    assert setup.rekey(settings, new=True, keep=NOW)
    assert secret_key(settings) != before
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if "secret" in path.name] == ["secret-key"]
    assert _believed(database, Prover(secret_key(settings)))
    with pytest.raises(SettingError, match="PORTAL_SECRET_KEY"):
        renew(_settings(database, tmp_path))


def test_the_command(database: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _settings(database, tmp_path, secret_key="another")
    monkeypatch.setattr(cli, "load_settings", lambda: settings)
    said = [CliRunner().invoke(cli.main, ["rekey", "--keep", "5"]) for _ in range(2)]
    assert [answer.exit_code for answer in said] == [0, 0], said
    assert "5 分钟后失效" in said[0].output
    assert "没有变化" in said[1].output
