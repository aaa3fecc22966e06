"""`python -m portal.embedded <data_dir> <source>`: starts the keeper in the background.

Ends with 0 when the servers answer, printing a notice if there is one; with 1 when they could
not be started, printing why. The keeper stays, without a terminal, until nobody needs it.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import psycopg

from portal.embedded.cluster import ServerError
from portal.embedded.keeper import Keeper
from portal.embedded.places import PlaceError
from portal.embedded.programs import ProgramsMissingError

_READY, _FAILED = b"ready", b"failed"


def main() -> int:
    """Fork the keeper off and wait for its word."""
    data_dir, source = Path(sys.argv[1]), sys.argv[2]
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.close(reader)
        _detach(data_dir / "log")
        os._exit(_keep(data_dir, source, writer))
    os.close(writer)
    with os.fdopen(reader, "rb") as said:
        word, _, text = said.read().partition(b" ")
    sys.stdout.buffer.write(text)
    return 0 if word == _READY else 1


def _detach(logs: Path) -> None:
    """A session of its own: neither Ctrl-C nor the end of the terminal reaches the keeper."""
    os.setsid()
    os.chdir("/")
    logs.mkdir(mode=0o700, exist_ok=True)
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(logs / "keeper.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number, handle in ((0, nothing), (1, output), (2, output)):
        os.dup2(handle, number)


def _keep(data_dir: Path, source: str, writer: int) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    answered = False

    def answer(word: bytes, text: str) -> None:
        nonlocal answered
        if not answered:
            os.write(writer, word + b" " + text.encode())
            os.close(writer)
            answered = True

    try:
        Keeper(data_dir, source).keep(lambda notice: answer(_READY, notice))
    except (ServerError, PlaceError, ProgramsMissingError) as error:
        logging.error("%s", error)
        answer(_FAILED, str(error))
        return 1
    except (OSError, psycopg.Error) as error:
        logging.exception("the servers could not be kept")
        answer(_FAILED, f"数据库没有启动（{error}）；详见 {data_dir / 'log' / 'keeper.log'}。")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
