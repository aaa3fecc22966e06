"""The items of a ledger of ten years, as rows of every table that the acts would have written.

The same number of items gives the same rows. Left out: printed sheets and packages, which a worker
makes; the seal over the events, which a job sets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from bench.filling.college import College, Connection
from bench.filling.days import Days
from bench.filling.ending import hand_in
from bench.filling.form import WORD, add_item, add_people, listed, readers
from bench.filling.loading import indexes_last, load
from bench.filling.matters import FILED, Drawing, Matter
from bench.filling.rows import Rows
from bench.filling.story import Story, at
from bench.filling.telling import tell
from bench.filling.working import Work

BATCH = 2_000
TABLES = (
    "item", "need_to_know", "item_unit", "item_member", "opinion", "approval", "approval_slot",
    "feedback_point", "feedback", "feedback_version", "extension", "urge", "closure",
    "archive_record", "event", "message",
)  # fmt: skip
"""Tables that are filled, messages from the events (`telling`)."""


def fill(connection: Connection, drawing: Drawing) -> int:
    """Write everything in one transaction; how many rows. The connection is a superuser's."""
    ledger = Ledger(drawing)
    with connection.transaction():
        # The sample's own counter begins in the middle of a paper ledger, ours at one.
        connection.execute("DELETE FROM number_sequence")
        with indexes_last(connection, TABLES):
            total = load(connection, ledger.rows, ledger.batches())
            return total + tell(connection, drawing.today)


class Ledger:
    """Writes the matters of a drawing as rows, some thousand at a time."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.college: College = drawing.college
        self.days = Days(drawing.calendar)
        self.today: date = drawing.today
        self.rows = Rows(drawing.count)
        self.numbers: Counter[int] = Counter()
        self.urges: dict[int, int] = {}

    def batches(self) -> Iterator[dict[str, list[str]]]:
        """The lines of each table; the last batch holds the counters of the numbers."""
        for matter in self.drawing.matters():
            self._item(matter)
            if matter.number % BATCH == 0:
                yield self.rows.drain()
        for word, last in ((WORD, self.numbers), ("阿职催办", self.urges)):
            for year, value in sorted(last.items()):
                self.rows.plain("number_sequence", word=word, year=year, start=1, value=value)
        yield self.rows.drain()

    def _item(self, matter: Matter) -> None:
        seq = None
        if matter.place >= FILED:
            self.numbers[matter.begun.year] += 1
            seq = self.numbers[matter.begun.year]
            self.rows.plain("number_taken", word=WORD, year=matter.begun.year, seq=seq, kind="item")
        story = Story(self.rows, matter, readers(matter, self.college), at(self.today, 8))
        if matter.sensitive:
            story.listed = set(listed(matter, self.college))
        work = Work(story, self.college, self.days)
        shares = add_people(story, self.college, self.days)
        work.initiate()
        work.receive(shares)
        work.report(self.today)
        work.extend()
        self._urge(work)
        hand_in(work, shares)
        story.write()
        add_item(self.rows, matter, self.college, seq, work.answered)

    def _urge(self, work: Work) -> None:
        before = dict(self.urges)
        work.urge(self.urges)
        for year, value in self.urges.items():
            if value != before.get(year, 0):
                self.rows.plain("number_taken", word="阿职催办", year=year, seq=value, kind="urge")
