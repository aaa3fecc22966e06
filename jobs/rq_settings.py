"""For RQ's own command: where its Redis is. Reading this starts the embedded servers if needed.

`rq worker` inside the project's environment is `jobs.rq_command`, which names this module and
the portal's worker; in full it is
`rq worker -c jobs.rq_settings -w jobs.worker.PortalWorker -S json`.
"""

from portal.config import load_settings
from portal.embedded import attach

REDIS_URL = attach(load_settings()).redis_url
