"""How acts meet people: one row an act, from which come its route, its panel and its own page.

A step declares its rows; `serve` makes the routes and hands back what the item's page shows. A
row's command gets the viewer, the item, the part the act is on (None: the item itself), the
validated form and the intent. Several acts may share an address (every signature is
/signature): the form says which one it means, so that a stale page never does another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Blueprint, Response, g, request, url_for

from portal.decisions import go_on
from portal.errors import Kept, NotFound, NotOffered
from portal.forms import OPINION_LENGTH, ActForm, clean
from portal.models import Item
from portal.rulebook import offers, workflow
from portal.rulebook.offers import Offer, Position
from portal.rulebook.scope import Viewer
from portal.rulebook.secrecy import scan
from portal.rulebook.workflow import Intent
from portal.scanned_forms import note_stopped
from portal.web import intent_of, item_or_404, run, to_item, viewer

PLAIN = "steps/_plain.html"
Command = Callable[[Viewer, Item, Any, Any, Intent], Any]
FormOf = Callable[[Item, Any], ActForm]


class PartAddress(NamedTuple):
    """How a part is addressed below its item: `rule` is the route's piece, `find` loads the part
    through the viewer's scope (NotFound), `names` gives the rule's values back."""

    rule: str
    find: Callable[..., Any]
    names: Callable[[Any], dict[str, Any]]


def plain_form(item: Item, _part: Any) -> ActForm:
    """No field of its own."""
    return ActForm(version=item.version)


def form_of(form: type[ActForm]) -> FormOf:
    """A form that needs to know the item's version only."""
    return lambda item, _part: form(version=item.version)


def _always(_item: Item) -> bool:
    """The act has no last day of its own."""
    return True


def _no_report(_part: Any) -> None:
    """The page comes back at its head."""


@dataclass(frozen=True, kw_only=True)
class ActPage:
    """One act: where it is sent, what is asked, what is done, what is said after it.

    `follows` is the grey line below the button; `quiet` acts are closed until asked for, `refuse`
    colours the button; `title` and `button` are the act's label unless given; `second` is another
    button that sends `hold`; `apart` acts stand beside what they are about, not among what is to be
    done now; `done` answers instead of the item's page, `report` gives the
    number of the report to come back to; `in_time` hides the panel once the act's day has passed.
    """

    act: str
    address: str
    command: Command
    said: str
    form: FormOf = plain_form
    template: str = PLAIN
    follows: str = ""
    title: Callable[[Any], str] | None = None
    button: str = ""
    second: str = ""
    quiet: bool = False
    refuse: bool = False
    apart: bool = False
    part: PartAddress | None = None
    done: Callable[[], Response] | None = None
    report: Callable[[Any], int | None] = _no_report
    in_time: Callable[[Item], bool] = _always

    @property
    def label(self) -> str:
        """The act's label, from the table."""
        return workflow.label_of_act(self.act)

    @property
    def rule(self) -> str:
        """The route."""
        return f"/items/<uuid:public_id>{self.part.rule if self.part else ''}{self.address}"

    @property
    def endpoint(self) -> str:
        """The route's name within its blueprint; acts at one address share it."""
        return self.rule.split(">", 1)[1].strip("/").replace("/", "_").translate(_NO_BRACKETS)


_NO_BRACKETS = str.maketrans("", "", "<>:")


class Shown(NamedTuple):
    """An act as a template shows it. `asked` are the capacities to choose from, if it matters."""

    page: ActPage
    item: Item
    part: Any
    form: ActForm
    action: str
    asked: tuple[Position, ...] = ()

    @property
    def title(self) -> str:
        """The panel's heading."""
        return self.page.title(self.part) if self.page.title else self.page.label

    @property
    def button(self) -> str:
        """The words on the button."""
        return self.page.button or self.page.label

    @property
    def article(self) -> str:
        """The article by which it is done."""
        return workflow.article_of_act(self.page.act)


class Pages:
    """The rows of one step: their routes, and the panels they show on the item's page."""

    def __init__(self, blueprint: Blueprint, rows: Iterable[ActPage]) -> None:
        self.blueprint = blueprint
        self.by_act = {row.act: row for row in rows}
        groups: dict[str, list[ActPage]] = {}
        for row in self.by_act.values():
            groups.setdefault(row.rule, []).append(row)
        for rule, group in groups.items():
            blueprint.add_url_rule(
                rule, group[0].endpoint, _view(self, {row.act: row for row in group}),
                methods=["POST"],
            )  # fmt: skip

    def show(self, act: str, item: Item, offer: Offer, prefix: str) -> Shown:
        """The panel of an offered act; `prefix` keeps the ids of its fields apart."""
        row = self.by_act[act]
        form = row.form(item, offer.subject)
        form.name_ids(prefix)
        shown = self.shown(row, item, offer.subject, form)
        form.put_back(_typed_for(shown.action, act))
        return shown

    def shown(self, row: ActPage, item: Item, part: Any, form: ActForm) -> Shown:
        """What the template of a row gets."""
        where = row.part.names(part) if row.part else {}
        action = url_for(f"{self.blueprint.name}.{row.endpoint}", public_id=item.public_id, **where)
        asked = offers.positions(viewer(), row.act, item, part)
        return Shown(row, item, part, form, action, asked if len(asked) > 1 else ())


def _view(pages: Pages, group: dict[str, ActPage]) -> Callable[..., Response]:
    def send(public_id: Any, **where: Any) -> Response:
        item = _known(public_id)
        row = _meant(group)
        part = row.part.find(item, **where) if row.part else None
        form = row.form(item, part)
        return run(
            item,
            form,
            row.template,
            lambda: row.command(viewer(), item, part, form, intent_of(form)),
            row.said,
            done=row.done or (lambda: _after(form, public_id, row.report(part))),
            shown=lambda item: pages.shown(row, item, part, form),
            still=lambda item: offers.is_offered(viewer(), row.act, item, part),
        )

    return send


def _typed_for(action: str, act: str) -> Mapping[str, str]:
    """The texts that were written for this form when a session ended, if the page was asked for
    them (rooms/typed)."""
    typed: Mapping[str, Mapping[str, str]] = g.get("typed_back", {})
    return typed.get(f"{action}#{act}") or typed.get(action) or {}


def _after(form: ActForm, public_id: Any, report: int | None) -> Response:
    """The next matter that waits for who signs one after the other; else the item's page."""
    if form.then.data:
        return go_on(viewer(), public_id, form.then.data)
    return to_item(public_id, report)


def _known(public_id: Any) -> Item:
    """The item; where it is not to be found (any more), the opinion typed meanwhile is not lost."""
    try:
        return item_or_404(public_id)
    except NotFound as gone:
        typed = clean(request.form.get("opinion"))
        if scan(typed).kind == "stop":
            note_stopped()
        elif typed:
            gone.kept = (Kept("意见", typed[:OPINION_LENGTH]),)
        raise


def _meant(group: dict[str, ActPage]) -> ActPage:
    """Which act the form means; an address of one act needs no word."""
    meant = request.form.get("act") or (next(iter(group)) if len(group) == 1 else "")
    if meant not in group:
        raise NotOffered("未指明要办理的环节，请刷新页面后重新办理。")
    return group[meant]
