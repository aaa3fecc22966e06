"""A field for a Shanghai day and time, to the minute, read as an aware instant."""

from __future__ import annotations

from datetime import datetime

from wtforms import DateTimeLocalField

from portal.clock import SHANGHAI
from portal.web import viewer

_FORMAT = "%Y-%m-%dT%H:%M"
ASKED = "请填写日期和时间。"
EARLIEST = 2000
"""No moment of the portal lies before this year; that of the first day of all has none in UTC."""


def this_minute() -> datetime:
    """Now, as the field shows it."""
    return viewer().moment.instant.astimezone(SHANGHAI).replace(second=0, microsecond=0)


class MomentField(DateTimeLocalField):  # type: ignore[misc]  # wtforms ships no types
    """`data` is aware, in Shanghai time (None: not given)."""

    data: datetime | None

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, format=_FORMAT, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what a browser sends; anything else is said in words."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(ASKED) from error
        if self.data is not None and self.data.year < EARLIEST:
            self.data = None
            raise ValueError(ASKED)
        if self.data is not None:
            self.data = self.data.replace(tzinfo=SHANGHAI)
