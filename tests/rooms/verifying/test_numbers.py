"""核验码 by hand and by QR code: who is told what, and who is told as of a number that is none."""

from __future__ import annotations

import uuid

import pypdfium2
import pytest
import zxingcpp
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.documents.control import PATH, address_of, number_of
from portal.embedded import connect
from portal.extensions import db
from portal.rooms.verifying import limits
from tests.attack.test_unknown import seen
from tests.documents.samples import BASE
from tests.pages import fill, get
from tests.rooms.verifying.conftest import NOTICES, World

UNKNOWN = number_of(uuid.UUID("9b2f1c66-52e4-4f0c-9d5b-2a8f1e0d7c31"))
NONE = "WVXYZ"
NOT_FOUND = "没有查到这个核验码对应的文书"
EVERYTHING = {"filing", *NOTICES, "notices"}
OF_HIDDEN = [
    ("何玉萍", EVERYTHING),
    ("坤建军", EVERYTHING),
    ("三郎泽里", EVERYTHING),
    ("覃燚", {"filing", "notice-HGC"}),  # of a co-unit: its own notice
    ("余㛃", {"filing", "notice-XGB"}),
    ("泽仁旺姆", set()),  # 党政办, not on the list
    ("黄素芬", set()),
    ("周慎之", set()),
    ("王尔基", set()),
]
OF_OPEN = [
    ("何玉萍", EVERYTHING),
    ("黄素芬", EVERYTHING),  # 档案员
    ("覃燚", EVERYTHING),
    ("邓涛", EVERYTHING),
    ("周慎之", set()),
    ("赵丽华", set()),
]


def _told(client: FlaskClient, numbers: dict[str, str]) -> set[str]:
    """The kinds of which the person is told; of all others the answer is 404."""
    pages = {kind: get(client, f"/verify/{number}") for kind, number in numbers.items()}
    assert {page.status for page in pages.values()} <= {200, 404}
    for page in pages.values():
        assert (NOT_FOUND in page.text) == (page.status == 404)
    return {kind for kind, page in pages.items() if page.status == 200}


@pytest.mark.parametrize(("who", "may"), OF_HIDDEN)
def test_of_a_sensitive_item_who_is_on_its_list(world: World, who: str, may: set[str]) -> None:
    """第二十一条, SPEC §7.3; and the file of the version is theirs alike."""
    client = world.as_(who)
    assert _told(client, dict(world.of_hidden)) == may
    for kind, number in world.of_hidden.items():
        with client.get(f"/verify/{number}/sheet.pdf") as answer:
            assert answer.status_code == (200 if kind in may else 404), kind


@pytest.mark.parametrize(("who", "may"), OF_OPEN)
def test_of_an_open_item_who_may_know_of_it(world: World, who: str, may: set[str]) -> None:
    assert _told(world.as_(who), dict(world.of_open)) == may


@pytest.mark.parametrize("who", ["sysadmin01", "secadmin01", "auditor01"])
def test_administrators_have_no_business_with_sheets(world: World, who: str) -> None:
    """Whatever the number: the same refusal."""
    client = world.as_(who)
    for number in (world.of_open["filing"], UNKNOWN):
        for address in (f"/verify/{number}", f"{PATH}{number}", f"/verify/{number}/sheet.pdf"):
            assert client.get(address).status_code == 403


def test_foreign_and_unknown_numbers_are_answered_alike(world: World) -> None:
    """Status, headers, body, and the statements asked of the database: so the time, too."""
    for who in ("泽仁旺姆", "黄素芬", "王尔基"):
        client = world.as_(who)
        assert get(client, "/verify").status == 200  # the session has its token by then
        answers = []
        for number in (world.of_hidden["filing"], world.of_hidden["notices"], UNKNOWN, NONE):
            with world.web.app_context():
                engine = db.engine
            asked: list[str] = []

            def note(*given: object, asked: list[str] = asked) -> None:
                asked.append(str(given[2]))

            event.listen(engine, "before_cursor_execute", note)
            answer = seen(client.get(f"/verify/{number}"), {"number": number})
            event.remove(engine, "before_cursor_execute", note)
            assert len(asked) > 3
            answers.append((answer, asked))
        assert answers[0][0][0] == 404
        for one, number in zip(answers[1:], ("another", "unknown", "none"), strict=True):
            assert one == answers[0], (who, number)


def test_who_is_not_signed_in_is_led_to_sign_in(world: World) -> None:
    """And back to the number from there; whatever the number."""
    client = world.web.test_client()
    for number in (world.of_hidden["filing"], UNKNOWN):
        for address in (f"{PATH}{number}", f"/verify/{number}"):
            answer = client.get(address)
            assert answer.status_code == 303
            assert answer.location == f"/login?next={address}"


def test_the_page_says_what_the_paper_is(world: World) -> None:
    office = world.as_("何玉萍")
    page = get(office, f"/verify/{world.of_open['filing']}")
    for said in (
        "系统保存有这份文书，为现行版本", "立项备案单", "阿职督办〔2026〕1号",
        "冬季校园消防安全隐患集中排查整治", "编号备案，2026年11月23日", world.of_open["filing"],
    ):  # fmt: skip
        assert said in page.text
    for kind in ("notice-HGC", "notices"):  # signed for since
        page = get(office, f"/verify/{world.of_open[kind]}")
        assert "已有更新版本" in page.text
        assert f"/items/{world.open}/documents/{kind}.pdf" in page.html
    assert "为现行版本" in get(office, f"/verify/{world.of_open['notice-BWC']}").text
    page = get(office, f"/verify/{world.of_returned['filing']}")
    assert "本件不再有效" in page.text
    assert get(world.as_("坤建军"), f"/verify/{world.of_returned['filing']}").status == 404


def test_the_stored_version_opens_beside_the_paper(world: World) -> None:
    """Also one that was replaced: the paper bears its number, and so does the file."""
    with world.as_("何玉萍").get(f"/verify/{world.of_open['notice-HGC']}/sheet.pdf") as answer:
        document = pypdfium2.PdfDocument(answer.data)
        picture = document[0].render(scale=300 / 72).to_pil().convert("L")
        document.close()
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == address_of(world.of_open["notice-HGC"], BASE)


def test_a_signing_list_is_known_to_the_office(world: World) -> None:
    page = get(world.as_("何玉萍"), f"/verify/{world.of_list}")
    assert "督办事项一览签批单" in page.text
    assert "制单，2026年11月23日" in page.text
    for who in ("坤清祥", "坤建军", "黄素芬"):
        assert get(world.as_(who), f"/verify/{world.of_list}").status == 404


def test_typed_by_hand(world: World) -> None:
    """In small letters with blanks; a slip is said at the field and asks nothing."""
    office, number = world.as_("何玉萍"), world.of_open["filing"]
    sent = fill(office, "/verify", "/verify", {"number": f" {number.lower().replace('-', ' ')}"})
    assert (sent.status, sent.location) == (303, f"/verify/{number}")
    wrong = f"{number[:-1]}{'0' if number[-1] != '0' else '2'}"
    for typed in (wrong, "", "1", "０" * 400, "0" * 401, "'; --", "\0"):
        page = fill(office, "/verify", "/verify", {"number": typed})
        assert page.status == 422
        assert "核验码" in page.text
    answer = office.get(f"{PATH}{number.replace('-', '')}")
    assert answer.location == f"/verify/{number.replace('-', '')}"
    assert get(office, answer.location).status == 200


@pytest.mark.parametrize(
    "number", ["%00", "x" * 5000, "..%2f..", "<script>alert(1)</script>", "%EF%BC%90" * 28]
)
def test_hostile_numbers_are_numbers_that_are_none(world: World, number: str) -> None:
    answer = world.as_("何玉萍").get(f"/verify/{number}")
    assert answer.status_code == 404
    assert "alert(1)" not in answer.get_data(as_text=True)


def test_nobody_tries_numbers_for_long(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Right ones count like wrong ones: beyond the limit nothing tells them apart."""
    monkeypatch.setattr(limits, "LOOKS", 3)
    reader, other = world.as_("尕让他"), world.as_("彭国栋")
    for number in (UNKNOWN, "x", UNKNOWN):
        assert reader.get(f"/verify/{number}").status_code == 404
    for number in (UNKNOWN, world.of_open["filing"]):
        for tail in ("", "/sheet.pdf"):
            answer = reader.get(f"/verify/{number}{tail}")
            assert answer.status_code == 429
            assert answer.headers["Retry-After"] == "1800"
    assert other.get(f"/verify/{UNKNOWN}").status_code == 404


def test_a_look_at_a_sensitive_item_is_logged(world: World) -> None:
    """SPEC §7.6: the page, and the file; under the reader's watermark."""
    number = world.of_hidden["filing"]
    leader = world.as_("向维岷")
    assert "向维岷" in get(leader, f"/verify/{number}").soup.select_one(".db-watermark").text  # type: ignore[union-attr]
    leader.get(f"/verify/{number}/sheet.pdf").close()
    with connect(world.servers.owner_url) as raw:
        rows = raw.execute(
            "SELECT page FROM view_log JOIN person p ON p.id = person_id"
            " WHERE p.name = '向维岷' AND page LIKE 'verifying.%' ORDER BY view_log.id"
        ).fetchall()
    assert [row[0] for row in rows] == ["verifying.shown", "verifying.file"]


def test_a_forged_host_leads_nowhere(world: World) -> None:
    """What a request says of the portal's address is not repeated; the code holds the setting's."""
    forged = [{"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}]
    for client, headers in ((world.as_("何玉萍"), *forged), (world.web.test_client(), *forged)):
        moved = client.get(f"{PATH}{world.of_open['filing']}", headers=headers)
        assert moved.location.startswith("/")
        assert "evil" not in f"{moved.headers}{moved.get_data(as_text=True)}"
    moved = world.web.test_client().get(f"{PATH}{UNKNOWN}", headers={"Host": "evil.example"})
    assert moved.location == f"/login?next={PATH}{UNKNOWN}"
