"""A provider's access token, good for two hours; kept beside the secret key, for every worker is a
new process and the provider blocks who asks too often."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Final

SPARE: Final = 300  # seconds before its end at which a token is not used any more


class KeptToken:
    """The token asked for with these words; a file of its own for each of them."""

    def __init__(self, folder: Path, provider: str, *asked_with: str) -> None:
        whose = hashlib.sha256("\n".join(asked_with).encode()).hexdigest()
        self.path = folder / f"{provider}-token-{whose[:16]}"

    def read(self) -> str:
        """The token; "" if there is none, or none that is good still."""
        try:
            kept = json.loads(self.path.read_text(encoding="ascii"))
            return str(kept["token"]) if kept["until"] > time.time() else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""  # none, or not readable: a new one is asked for

    def keep(self, token: str, seconds: int) -> None:
        """In one step, readable for this user alone."""
        content = json.dumps({"token": token, "until": time.time() + seconds - SPARE})
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # A name of its own, readable for this user alone: several workers may ask at once.
        descriptor, aside = tempfile.mkstemp(prefix=f"{self.path.name}.", dir=self.path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(content)
        os.replace(aside, self.path)

    def forget(self) -> None:
        """It is not good any more."""
        self.path.unlink(missing_ok=True)
