"""The declarative base and the column types every family of tables shares."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from sqlalchemy import BigInteger, DateTime, Identity, Integer, MetaData, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Pk = Annotated[int, mapped_column(BigInteger, Identity(always=False), primary_key=True)]
PublicId = Annotated[uuid.UUID, mapped_column(Uuid(as_uuid=True), default=uuid.uuid4, unique=True)]
"""Random id for addresses; joins use the inner key."""
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
"""A moment, stored in UTC; which day it is, the clock decides in Asia/Shanghai."""
Keys = Annotated[list[int], mapped_column(ARRAY(Integer))]
"""Who may know of a row: 0 everyone's business, u a unit, -p a person."""


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
