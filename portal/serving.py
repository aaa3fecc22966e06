"""How gunicorn is started: threads, no access log, no address query in any log line."""

from __future__ import annotations

import logging
import re
import sys

from gunicorn.glogging import Logger

from portal.log_lines import log_lines

_QUERY = re.compile(r"\?[^\s\"'>]*")


class QueryFilter(logging.Filter):
    """Cuts the query off every address in a log line: searches are nobody's business."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; the line is changed in place."""
        record.msg, record.args = _QUERY.sub("?…", record.getMessage()), None
        return True


class QuietLogger(Logger):  # type: ignore[misc] # gunicorn ships no types
    """Gunicorn's logger without addresses' queries and forged lines."""

    def setup(self, cfg: object) -> None:
        """As gunicorn's own, then the filter."""
        super().setup(cfg)
        self.error_log.addFilter(QueryFilter())
        log_lines(self.error_log)


def gunicorn_command(bind: str, workers: int) -> list[str]:
    """The command that serves the portal; `bind` is host:port or fd://N."""
    options = {
        "--bind": bind,
        "--workers": str(workers),
        "--threads": "4",
        "--worker-class": "gthread",
        "--timeout": "60",
        "--graceful-timeout": "4",
        "--logger-class": "portal.serving.QuietLogger",
    }
    flags = [part for pair in options.items() for part in pair]
    return [sys.executable, "-m", "gunicorn", *flags, "--no-control-socket", "wsgi:app"]
