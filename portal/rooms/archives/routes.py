"""/archives: the archive's room; /items/<id>/archive-package and …/documents/archive.zip: an item's
package, its progress, the file."""

from __future__ import annotations

import uuid
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, request, send_file, url_for

from portal import store
from portal.errors import NotFound
from portal.extensions import db
from portal.item.archive import archive_of
from portal.models import ArchivePackage, Item, YearPackage
from portal.rooms.archives import commands, queries, years
from portal.rulebook.item_texts import number_of
from portal.rulebook.scope import visible
from portal.web import item_or_404, page_asked, settings, to, to_item, viewer

blueprint = Blueprint("archives", __name__)
FOLDER = "rooms/archives/"
LOOK_AGAIN = 2  # seconds
ZIP = "application/zip"
FIRST_YEAR, LAST_YEAR = 2000, 9999
MOST_VERSIONS = 9999


@blueprint.get("/items/<uuid:public_id>/archive-package")
def lines(public_id: uuid.UUID) -> str:
    """The card 「归档」, which the item's page renews while its package is being made."""
    item = _item(public_id)
    return render_template("item/_package.html", item=item, archive=archive_of(viewer(), item))


@blueprint.post("/items/<uuid:public_id>/archive-package")
def ask(public_id: uuid.UUID) -> Response:
    """生成档案包."""
    commands.ask(viewer(), _item(public_id))
    return to_item(public_id)


@blueprint.get("/items/<uuid:public_id>/documents/archive.zip")
def package_zip(public_id: uuid.UUID) -> Response:
    """The item's last package, or the one of `version`; 202 with Retry-After until it is stored."""
    item = _item(public_id)
    found = _package(item, request.args.get("version", type=int))
    if found is None or found.state != "made" or found.sha256 is None:
        return _not_yet(item, found)
    return _file(found.sha256, _name(item, found))


def _package(item: Item, version: int | None) -> ArchivePackage | None:
    if version is None:
        return commands.latest(viewer(), item)
    if not 0 < version <= MOST_VERSIONS:
        raise NotFound
    found = db.session.scalars(
        visible(viewer(), ArchivePackage).where(
            ArchivePackage.item_id == item.id, ArchivePackage.version == version
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _name(item: Item, package: ArchivePackage) -> str:
    """A sensitive item is not named by its files (SPEC §7.5 rule 9)."""
    number = number_of(item)
    of = f"-{number}" if number and item.classification != "sensitive" else ""
    return f"档案包{of}-第{package.version}版.zip"


def _not_yet(item: Item, package: ArchivePackage | None) -> Response:
    if package is None:
        commands.ask(viewer(), item)
    item = item_or_404(item.public_id)
    failure = package.failure if package is not None and package.state == "failed" else None
    html = render_template("documents/making.html", item=item, label="档案包", failure=failure)
    return _waiting(html, 202, again=failure is None)


@blueprint.get("/archives")
def page() -> str:
    """The items closed in a year, with what is signed for; the year's package."""
    reader = viewer()
    queries.must_keep(reader)
    known = queries.years_of(reader)
    wanted = request.args.get("year", type=int)
    year = wanted if wanted in known else next(iter(known), reader.moment.day.year)
    found = queries.shelf_of(reader, year, page_asked())
    return render_template(
        FOLDER + "page.html",
        today=reader.moment.day,
        year=year,
        years=known,
        found=found,
        page_size=queries.PAGE,
        lines=[line for line in found.lines if not line.sensitive],
        apart=[line for line in found.lines if line.sensitive],
    )


@blueprint.post("/archives")
def ask_year() -> Response:
    """生成年度档案包."""
    queries.must_keep(viewer())
    year = request.form.get("year", type=int)
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound
    asked = years.ask(viewer(), year)
    return to(url_for("archives.year", package_id=asked.public_id))


@blueprint.get("/archives/<uuid:package_id>")
def year(package_id: uuid.UUID) -> Response:
    """How far a year's package is; renews itself until it is there, with and without a script."""
    template = "_progress" if request.headers.get("HX-Request") else "year"
    return _year_page(_year(package_id), template, 200)


@blueprint.get("/archives/<uuid:package_id>.zip")
def year_zip(package_id: uuid.UUID) -> Response:
    """The file; 202 with Retry-After until it is stored, 404 once its rights are gone."""
    found = _year(package_id)
    if not years.still_known(viewer(), found):
        raise NotFound
    if found.state != "made" or found.sha256 is None or years.expired(found):
        return _year_page(found, "year", 202)
    return _file(found.sha256, f"{found.year}年度督办档案包.zip")


def _year(package_id: uuid.UUID) -> YearPackage:
    queries.must_keep(viewer())
    found = db.session.scalars(
        visible(viewer(), YearPackage).where(YearPackage.public_id == package_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _year_page(found: YearPackage, template: str, status: int) -> Response:
    in_work = found.state in ("asked", "making")
    html = render_template(
        f"{FOLDER}{template}.html",
        package=found,
        in_work=in_work,
        known=in_work or years.still_known(viewer(), found),
        expired=years.expired(found),
    )
    return _waiting(html, status, again=in_work, whole=template == "year")


def _waiting(html: str, status: int, *, again: bool, whole: bool = True) -> Response:
    """An answer that looks again by itself as long as something is being made."""
    answer = make_response(html, status)
    answer.headers["Cache-Control"] = "no-store"
    if again:
        answer.headers["Retry-After"] = str(LOOK_AGAIN)
        if whole:
            answer.headers["Refresh"] = str(LOOK_AGAIN)
    return answer


def _item(public_id: uuid.UUID) -> Item:
    item = item_or_404(public_id)
    if not commands.may_have(viewer(), item):
        raise NotFound
    return item


def _file(sha256: str, name: str) -> Response:
    folder: Path = settings().files_dir.absolute()
    path = store.path_of(folder, sha256)
    answer = send_file(path, mimetype=ZIP, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer
