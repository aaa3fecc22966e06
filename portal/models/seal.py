"""The chain over the event log (等保 8.1.4.3): one seal an event, in the order of sealing.

No foreign key leads to the event: a seal stays when its event is taken away, and a table open to
joins never points into a guarded one.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant


class Seal(Base):
    """The event at this position of the chain. Positions begin at 1 and have no gap.

    `digest` is taken over `previous` and the event's row by the algorithm `alg`; append-only.
    """

    __tablename__ = "seal"
    __table_args__ = (CheckConstraint("position > 0", name="position"),)

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    alg: Mapped[str]
    previous: Mapped[str]
    digest: Mapped[str]


class Unsealed(Base):
    """An event that waits for its seal, since when (real time); written by a trigger of `event`.

    What commits late is met by the next round, and a round costs the same however long the log.
    """

    __tablename__ = "unsealed"

    event_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    since: Mapped[Instant] = mapped_column(server_default=func.now())
