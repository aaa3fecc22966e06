"""RQ's command line with the portal's defaults, so that a plain `rq worker` is the right one."""

from __future__ import annotations

import os

from rq.cli.cli import main as rq_main

_DEFAULTS = {"serializer": "json"}
_COMMANDS = ("worker", "worker-pool", "info", "empty", "requeue", "enqueue", "suspend", "resume")


def main() -> None:
    """Run `rq`; options and RQ_* variables that are given win."""
    if not os.environ.get("RQ_REDIS_URL"):
        os.environ.setdefault("RQ_CONFIG", "jobs.rq_settings")
    os.environ.setdefault("RQ_WORKER_CLASS", "jobs.worker.PortalWorker")
    rq_main(default_map=dict.fromkeys(_COMMANDS, _DEFAULTS))


if __name__ == "__main__":
    main()
