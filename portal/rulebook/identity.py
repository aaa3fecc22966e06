"""第二十一条: as whom a transaction reads, and the proof that it is the application who says so.

Settings of a session can be set by whoever runs SQL. The database therefore believes `app.keys`,
`app.day` and `app.because` only together with a digest over them, keyed with a secret that the
portal's database roles cannot read (decision 0063). The day is that of the portal's clock: who
held an office on another day is not asked on the word of whoever runs SQL (decision 0076).
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, exists, func, literal, select, table, true

LASTS = 300
"""Seconds for which a proof is believed at the begin of a transaction; so far may clocks differ."""
BLOCK = hashlib.sha256().block_size
PURPOSE = b"portal: keys of the gate"
SAY = select(
    *(
        func.set_config(literal(f"app.{name}", literal_execute=True), bindparam(name), true())
        for name in ("keys", "day", "because", "until", "proof")
    )
)
SAY_AND_ASK = SAY.add_columns(exists().select_from(table("gate")).label("believed"))
"""Also asks whether the database believes it: an unbelieved reader would see empty pages."""


class ScopeError(RuntimeError):
    """A guarded row was asked for without saying as whom, or without being believed."""


class Prover:
    """Proves to the database what the application says; made from the application's secret key.

    The secret itself is derived, so that the database never holds what signs the cookies.
    """

    def __init__(self, secret_key: str) -> None:
        self._secret = hmac.new(secret_key.encode(), PURPOSE, hashlib.sha256).digest()

    def proof(self, keys: str, day: str, because: str, until: int) -> str:
        """HMAC-SHA256 over the four, hexadecimal. Only the reason could ever hold a `|`."""
        said = f"{until}|{keys}|{day}|{because}".encode()
        return hmac.digest(self._secret, said, "sha256").hex()

    def pads(self) -> tuple[bytes, bytes]:
        """The secret as the database keeps it: the two blocks HMAC begins its two digests with."""
        block = self._secret.ljust(BLOCK, b"\0")
        return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def array_of(keys: Iterable[int]) -> str:
    """Keys as PostgreSQL reads an array; "" for none, which opens nothing."""
    listed = ",".join(str(key) for key in sorted(keys))
    return f"{{{listed}}}" if listed else ""


def say(
    connection: Connection,
    keys: str,
    because: str = "",
    *,
    day: str = "",
    now: float | None = None,
) -> bool:
    """Tell the database as whom the open transaction reads; whether it believes it.

    Believed for nobody too: that needs no proof. `day` is the portal's day in ISO form. `now` is in
    seconds since 1970 (default: this machine's own clock, not the portal's, which may stand still).
    ScopeError on an engine that `create_app` did not make.
    """
    if not keys and not because:
        connection.execute(SAY, {"keys": "", "day": "", "because": "", "until": "", "proof": ""})
        return True
    prover = connection.get_execution_options().get("prover")
    if not isinstance(prover, Prover):
        raise ScopeError("this connection has nothing to prove itself with")
    until = int(time.time() if now is None else now) + LASTS
    said = {"keys": keys, "day": day, "because": because, "until": str(until)}
    proof = prover.proof(keys, day, because, until)
    return bool(connection.execute(SAY_AND_ASK, {**said, "proof": proof}).one().believed)
