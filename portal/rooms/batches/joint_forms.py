"""The forms of what is done with all items of a batch: ticked, with the version that was shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from wtforms import BooleanField, Field, TextAreaField
from wtforms.validators import Length, Optional

from portal.forms import OPINION_LENGTH, ActForm, DeclaredForm, VersionField, clean
from portal.printed_texts import can_be_printed
from portal.rooms.batches.queries import Entry
from portal.rulebook.offers import Position
from portal.scanned_forms import no_marks


def _opinion(label: str) -> TextAreaField:
    return TextAreaField(
        label, validators=[no_marks, can_be_printed, Length(max=OPINION_LENGTH)], filters=[clean]
    )


class JointForm(ActForm):
    """An act on the ticked items. Made for them by `joint_form`."""

    entries: tuple[Entry, ...] = ()

    def box(self, entry: Entry) -> Field:
        """The tick of an item."""
        return self[f"{entry.name}-taken"]

    def version(self, entry: Entry) -> Field:
        """Hidden: the version of an item."""
        return self[f"{entry.name}-seen"]

    def ticked(self) -> list[Entry]:
        """The ticked items, each with the version that the page showed."""
        return [
            entry._replace(seen=self.version(entry).data)
            for entry in self.entries
            if self.box(entry).data
        ]

    def keep_versions(self, shown: Iterable[Entry]) -> None:
        """The form comes back with the versions of today: what changed is said beside it."""
        for entry in shown:
            field = self.version(entry)
            field.data, field.raw_data = entry.seen, None


class SubmitForm(JointForm, DeclaredForm):
    """提交立项."""


class SignForm(JointForm):
    """签批: one opinion for all, or another one for an item that is opened."""

    opinion = _opinion("总意见")

    def own(self, entry: Entry) -> Field:
        """The opinion on one item."""
        return self[f"{entry.name}-opinion"]

    @property
    def opinions(self) -> Mapping[int, str]:
        """By place, where there is one."""
        return {entry.seq: text for entry in self.entries if (text := self.own(entry).data or "")}

    @property
    def positions(self) -> tuple[Position, ...]:
        """「以何种身份办理？」: the capacities open for every item, if there are several."""
        held = [entry.positions for entry in self.entries]
        common = [one for one in held[0] if all(one in other for other in held)] if held else []
        return tuple(common) if len(common) > 1 else ()


class FileForm(JointForm):
    """批量编号下达."""

    hold = BooleanField("仅编号备案")


Kind = TypeVar("Kind", bound=JointForm)


def joint_form(
    kind: type[Kind], entries: Sequence[Entry], acts: Collection[str], sent: Collection[str] = ()
) -> type[Kind]:
    """The form's class for those of the items on which one of the acts is open, or that stood in
    the form that was sent (by the names of its fields): what was ticked and is not open any more
    is said, not left out."""
    open_ = tuple(entry for entry in entries if entry.may(acts) or f"{entry.name}-taken" in sent)
    fields: dict[str, Any] = {"entries": open_}
    for entry in open_:
        fields[f"{entry.name}-taken"] = BooleanField(f"选择第{entry.seq}项", default=True)
        fields[f"{entry.name}-seen"] = VersionField(validators=[Optional()], default=entry.seen)
        if issubclass(kind, SignForm):
            fields[f"{entry.name}-opinion"] = _opinion(f"第{entry.seq}项意见")
    return type(kind.__name__, (kind,), fields)
