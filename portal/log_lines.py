"""A line of a log is one line: no address forges another one, nor turns a terminal."""

from __future__ import annotations

import logging


class OneLine(logging.Filter):
    """Writes control characters of a message out (\\x1b, \\n); tracebacks stay as they are."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; the record is changed in place."""
        message = record.getMessage()
        if not message.isprintable():
            record.msg, record.args = "".join(map(_written, message)), None
        return True


def _written(sign: str) -> str:
    return sign if sign.isprintable() else ascii(sign)[1:-1]


def log_lines(logger: logging.Logger) -> None:
    """Have this logger write lines only; said again, it changes nothing."""
    if not any(isinstance(one, OneLine) for one in logger.filters):
        logger.addFilter(OneLine())
