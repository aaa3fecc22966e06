"""/accountability by HTTP: a case from the clue to 结案, and what others get."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.extensions import db
from portal.models import ViewLog
from portal.rooms.accountability.pages import PAGES
from portal.rulebook import case_log
from tests.attachments import files
from tests.pages import Page, fill, get, send, values_of
from tests.people import csrf
from tests.rulebook import casework as work
from tests.steps.acting import (
    CO_HEAD,
    HEAD,
    LEADER,
    OFFICE,
    OFFICE_HEAD,
    OFFICE_LEADER,
    SECRETARY,
)
from tests.steps.knowledge.listing import sensitive

As = Callable[[str], FlaskClient]
LIST = "/accountability"
WORDS = {"opinion": work.WORDS, "declared": "y"}
DECISION = {
    "body": "committee", "minutes_no": "阿职党纪〔2026〕21号", "decided_on": "2026-11-23",
    "measures": ["circular", "grade"], "grade": "basic", "decision": "给予全校通报批评。",
}  # fmt: skip
LINE: tuple[tuple[str, str, dict[str, object]], ...] = (
    (OFFICE_HEAD, "check_clue", {}),
    (OFFICE_HEAD, "hear_unit", WORDS),
    (HEAD, "state_case", WORDS),
    (OFFICE_HEAD, "propose_referral", {**WORDS, "referred_to": "hr"}),
    (OFFICE_LEADER, "return_referral", {"opinion": work.WORDS}),
    (OFFICE_HEAD, "propose_referral", {**WORDS, "referred_to": "hr"}),
    (OFFICE_LEADER, "refer", {}),
    (work.HR, "suggest", {**WORDS, "measures": ["circular"], "grade": ""}),
    (work.HR, "decide_case", {**WORDS, **DECISION}),
    (HEAD, "appeal", WORDS),
    (work.HR, "resolve_appeal", {**WORDS, **DECISION}),
    (work.HR, "execute_case", WORDS),
    (work.HR, "close_case", {}),
)


class Scene:
    """An item in work; what people did before the pages are opened."""

    def __init__(self, college: Flask, worker: Flask, item: uuid.UUID) -> None:
        self.app, self.actor = college, work.Casework(college, item)
        self.actor.worker = worker
        with college.app_context():
            self.actor.to_work()

    @property
    def item(self) -> uuid.UUID:
        """The item's public id."""
        return self.actor.public_id

    def bring(self, state: str) -> uuid.UUID:
        """A case against the lead unit in this state."""
        with self.app.app_context():
            return work.bring(self.actor, state)

    def act(self, name: str, public_id: uuid.UUID) -> None:
        """One act of who is to do it."""
        with self.app.app_context():
            work.act(self.actor, name, public_id)

    def ids(self, person: str) -> tuple[str, str]:
        """The lead unit's and a person's, as forms send them."""
        with self.app.app_context():
            return str(work.unit_id()), str(work.person_id(person))


@pytest.fixture
def scene(college: Flask, worker: Flask, draft_item: Callable[..., uuid.UUID]) -> Scene:
    """An item in work."""
    return Scene(college, worker, draft_item())


def _address(public_id: uuid.UUID) -> str:
    return f"{LIST}/{public_id}"


def _done(page: Page) -> None:
    assert page.status == 303, page.text[:800]


def test_from_the_clue_to_the_end(scene: Scene, as_: As) -> None:
    """Every act by its page, and every form refuses first."""
    public_id = scene.bring("clue")
    clients: dict[str, FlaskClient] = {}
    refused: set[str] = set()
    for who, act, typed in LINE:
        client = clients.setdefault(who, as_(who))
        address, form = _address(public_id), f"/acts/{act}"
        if typed and act not in refused:
            refused.add(act)
            assert fill(client, address, form).status == 422, act
        _done(fill(client, address, form, typed))
    page = get(clients[work.HR], _address(public_id))
    assert "已结案" in page.text
    assert "阿职党纪〔2026〕21号" in page.text
    assert "全校通报批评、年度考核等次（基本合格）" in page.text
    assert "保存期限" in page.text
    apart = {"drop_clue", "enter_statement", "enter_appeal"}
    assert set(PAGES) - {act for _who, act, _typed in LINE} == apart


def test_what_waits(scene: Scene, as_: As) -> None:
    """待办 leads to the case; the unit's head is asked only from 陈述申辩 on."""
    public_id = scene.bring("clue")
    head, boss = as_(HEAD), as_(OFFICE_HEAD)
    assert "陈述申辩" not in get(head, "/todo").text
    link = get(boss, "/todo?word=核实线索").soup.find("a", href=f"{LIST}/items/{scene.item}")
    assert link is not None
    answer = boss.get(str(link["href"]))
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(str(public_id))
    for name in ("check_clue", "hear_unit"):
        scene.act(name, public_id)
    assert "陈述申辩" in get(head, "/todo").text
    assert "核实线索" not in get(boss, "/todo").text


def test_a_file_of_the_unit(scene: Scene, as_: As) -> None:
    """佐证材料 of the statement: for the unit and those who handle it, nobody else."""
    public_id = scene.bring("hearing")
    content = files.pdf()
    file = (io.BytesIO(content), "说明.pdf")
    head = as_(HEAD)
    _done(fill(head, _address(public_id), "/acts/state_case", {**WORDS, "files": file}))
    page = get(as_(OFFICE_HEAD), _address(public_id))
    link = page.soup.find("a", string="说明.pdf")
    assert link is not None
    address = str(link["href"])
    for who, status in ((OFFICE_HEAD, 200), (HEAD, 200), (OFFICE, 404), (CO_HEAD, 404)):
        with as_(who).get(address) as answer:
            assert answer.status_code == status, who
            assert (answer.data == content) == (status == 200)


def test_a_statement_on_paper(scene: Scene, as_: As) -> None:
    """代录 with its scan; the unit reads what was entered for it, and it is entered once."""
    public_id = scene.bring("hearing")
    boss, head, form = as_(OFFICE_HEAD), as_(HEAD), "/acts/enter_statement"
    typed = {**WORDS, "received_on": "2026-11-23"}
    assert "请上传单位陈述申辩的扫描件" in fill(boss, _address(public_id), form, typed).text
    late = {**typed, "received_on": "2026-11-28", "files": _pdf()}
    assert "不早于请单位陈述申辩之日" in fill(boss, _address(public_id), form, late).text
    _done(fill(boss, _address(public_id), form, {**typed, "files": _pdf()}))
    assert not get(boss, _address(public_id)).soup.find("form", action=lambda to: form in str(to))
    page = get(head, _address(public_id))
    assert "代录陈述申辩" in page.text
    assert "已陈述" in page.text
    link = page.soup.find("a", string="陈述申辩.pdf")
    assert link is not None
    with head.get(str(link["href"])) as answer:
        assert answer.status_code == 200
    assert not page.soup.find("form", action=lambda to: "/acts/state_case" in str(to))


def test_an_appeal_on_paper(scene: Scene, as_: As) -> None:
    """代录 with its scan: the unit reads what was entered for it, and 复核 waits for the office."""
    public_id = scene.bring("decided")
    office, head, form = as_(work.HR), as_(HEAD), "/acts/enter_appeal"
    typed = {**WORDS, "received_on": "2026-11-23"}
    assert "请上传申诉材料的扫描件" in fill(office, _address(public_id), form, typed).text
    late = {**typed, "received_on": "2026-11-28", "files": _pdf()}
    assert "不早于决定日期" in fill(office, _address(public_id), form, late).text
    _done(fill(office, _address(public_id), form, {**typed, "files": _pdf()}))
    page = get(head, _address(public_id))
    assert "代录申诉" in page.text
    assert "申诉人：单位。收到日期2026年11月23日" in page.text
    assert page.soup.find("a", string="陈述申辩.pdf") is not None
    assert "申诉复核" in get(office, "/todo").text
    assert get(office, _address(public_id)).soup.find(
        "form", action=lambda to: "/acts/resolve_appeal" in str(to)
    )


@pytest.mark.parametrize(("named", "offered"), [(False, ["unit"]), (True, ["unit", "concerned"])])
def test_whose_paper_it_is(scene: Scene, as_: As, offered: list[str], *, named: bool) -> None:
    """当事人 is there to be chosen where the case names one, and nothing is chosen beforehand."""
    with scene.app.app_context():
        person = work.person_id(HEAD) if named else None
        case = work.entered(scene.actor, OFFICE_HEAD, work.said(), person_id=person)
        assert case is not None
        public_id = case.public_id
        for name in work.TO["decided"]:
            work.act(scene.actor, name, public_id)
    office, act = as_(work.HR), "/acts/enter_appeal"
    form = get(office, _address(public_id)).form(act)
    radios = form.select("input[name=appellant]")
    assert [str(one["value"]) for one in radios] == offered
    typed = {**WORDS, "received_on": "2026-11-23"}
    refused = fill(office, _address(public_id), act, {**typed, "files": _pdf()})
    if named:
        assert "请选择申诉人" in refused.text
        typed["appellant"] = "concerned"
        _done(fill(office, _address(public_id), act, {**typed, "files": _pdf()}))
    said = f"申诉人：{'当事人' if named else '单位'}。"
    assert said in get(office, _address(public_id)).text


def _pdf() -> tuple[io.BytesIO, str]:
    return io.BytesIO(files.pdf()), "陈述申辩.pdf"


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("y", "有正当理由。"),
        ("n", "无正当理由，情节轻微，予以提醒。"),
        ("unfounded", "线索不成立。"),
    ],
)
def test_what_it_was_checked_with_is_not_the_units(
    scene: Scene, as_: As, chosen: str, said: str
) -> None:
    """不予移送 stands in the log with what it rests on, for who reads it."""
    public_id = scene.bring("checking")
    file = (io.BytesIO(files.pdf()), "核实.pdf")
    form = {**WORDS, "files": file, "justified": chosen}
    boss = as_(OFFICE_HEAD)
    _done(fill(boss, _address(public_id), "/acts/drop_clue", form))
    page = get(boss, _address(public_id))
    assert "不予移送" in page.text
    assert f"{said}{work.WORDS}" in page.text
    link = page.soup.find("a", string="核实.pdf")
    assert link is not None
    assert as_(HEAD).get(str(link["href"])).status_code == 404
    assert as_(OFFICE_LEADER).get(_address(public_id)).status_code == 404


@pytest.mark.parametrize(
    ("code", "who", "judge"),
    [("ZZRS", work.HR, OFFICE_HEAD), ("DZB", OFFICE_HEAD, OFFICE_LEADER)],
)
def test_an_office_reads_of_its_own_case_what_the_unit_reads(
    scene: Scene, as_: As, code: str, who: str, judge: str
) -> None:
    """Nothing before 陈述申辩, then what is said to the unit; no 核实, no 材料汇编."""
    with scene.app.app_context():
        public_id = work.raised(scene.actor, code)
    concerned, other = as_(who), as_(judge)
    item = f"/items/{scene.item}"
    assert concerned.get(_address(public_id)).status_code == 404
    assert str(public_id) not in get(concerned, LIST).html + get(concerned, item).html
    assert str(public_id) in get(other, LIST).html
    with scene.app.app_context():
        for name in ("check_clue", "hear_unit"):
            work.act(scene.actor, name, public_id, who=judge)
    page = get(concerned, _address(public_id))
    assert "请单位陈述申辩" in page.text
    assert "登记线索" not in page.text
    assert "生成材料汇编" not in page.text
    assert "登记线索" in get(other, _address(public_id)).text
    token = values_of(page.form("/logout"))["csrf_token"]
    asked = send(concerned, f"{_address(public_id)}/bundles", {"csrf_token": token})
    assert asked.status == 404


def test_a_page_that_is_out_of_date_signs_nothing(scene: Scene, as_: As) -> None:
    """The referral was sent back and proposed to others meanwhile: it is read before it is signed;
    what was typed comes back."""
    public_id = scene.bring("referring")
    leader = as_(OFFICE_LEADER)
    page = get(leader, _address(public_id))
    agree = values_of(page.form("/acts/refer"))
    back = {**values_of(page.form("/acts/return_referral")), "opinion": work.WORDS}
    with scene.app.app_context():
        work.act(scene.actor, "return_referral", public_id)
        form = work.said(referred_to="discipline")
        work.act(scene.actor, "propose_referral", public_id, form=form)
    assert send(leader, f"{_address(public_id)}/acts/refer", agree).status == 409
    again = send(leader, f"{_address(public_id)}/acts/return_referral", back)
    assert again.status == 409
    assert work.WORDS in again.text
    assert fill(leader, _address(public_id), "/acts/refer").status == 303


def test_the_log_keeps_decisions_and_files(scene: Scene, as_: As) -> None:
    """复核 puts another decision in the place of the first: the first stands in the log; so do the
    digests of what was handed in."""
    public_id = scene.bring("decided")
    content = files.pdf()
    file = (io.BytesIO(content), "佐证.pdf")
    _done(fill(as_(HEAD), _address(public_id), "/acts/appeal", {**WORDS, "files": file}))
    other = {
        **WORDS,
        **DECISION,
        "decision": "改为提醒谈话。",
        "measures": ["reminder"],
        "grade": "",
    }
    _done(fill(as_(work.HR), _address(public_id), "/acts/resolve_appeal", other))
    page = get(as_(work.HR), _address(public_id))
    assert "处理决定：给予全校通报批评。" in page.text
    assert "处理决定：改为提醒谈话。" in page.text
    with scene.app.app_context():
        case = work.seen(scene.actor, work.HR, public_id)
        assert case is not None
        acts = case_log.acts_of(case)
        assert case_log.holds(acts)
        assert case_log.files_in(acts) == {hashlib.sha256(content).hexdigest()}


def test_strangers_get_what_a_missing_id_gives(scene: Scene, as_: As) -> None:
    """A foreign case, its acts, the list and the item's page tell nothing; nor do counts."""
    public_id = scene.bring("checking")
    missing = uuid.uuid4()
    for who in (OFFICE, LEADER, HEAD):
        client = as_(who)
        theirs, none = (client.get(_address(id_)) for id_ in (public_id, missing))
        assert (theirs.status_code, none.status_code) == (404, 404), who
        assert _plain(theirs.text) == _plain(none.text)
        token = csrf(client, "/todo")
        for id_ in (public_id, missing):
            answer = send(client, f"{_address(id_)}/acts/drop_clue", {"csrf_token": token, **WORDS})
            assert answer.status == 404
        assert client.get(LIST).status_code == 404
        answer = client.get(f"{LIST}/items/{scene.item}")
        assert answer.headers["Location"] == f"/items/{scene.item}", "as for any item"
        item = get(client, f"/items/{scene.item}")
        main = item.soup.main
        assert main is not None
        assert "问责" not in main.get_text()
        assert LIST not in item.html
    page = get(as_(SECRETARY), LIST)
    assert "目前没有问责线索" in page.text, "a clue is nothing to a principal yet"
    assert not page.soup.select(".db-tab-count")


def _plain(html: str) -> str:
    """The words of a page, without the minute it was made."""
    return Page(404, html).text.partition("数据时间")[0]


def test_an_unknown_act(scene: Scene, as_: As) -> None:
    public_id = scene.bring("checking")
    client = as_(OFFICE_HEAD)
    token = csrf(client, "/todo")
    for name in ("add_ground", "raise_clue", "close"):
        answer = send(client, f"{_address(public_id)}/acts/{name}", {"csrf_token": token})
        assert answer.status == 404


def test_a_clue_is_entered(scene: Scene, as_: As) -> None:
    """By 纪委办 on the item's page; the same circumstance of the same unit joins the case."""
    client, item = as_(work.DISCIPLINE), f"/items/{scene.item}"
    address = f"{LIST}/items/{scene.item}/new"
    assert get(client, item).soup.find("a", href=address) is not None
    form = f"/items/{scene.item}"
    assert fill(client, address, form).status == 422
    bwc, other = scene.ids(CO_HEAD)
    typed = {**WORDS, "unit": bwc, "criterion": "A25-2"}
    wrong = fill(client, address, form, {**typed, "person": other})
    assert wrong.status == 422
    _done(fill(client, address, form, {**typed, "person": ""}))
    boss = as_(OFFICE_HEAD)
    _done(fill(boss, address, form, {**typed, "criterion": "A25-3", "person": ""}))
    page = get(boss, LIST)
    assert "A25-2、A25-3" in page.text
    assert as_(OFFICE).get(address).status_code == 404
    assert as_(HEAD).get(address).status_code == 404


def test_messages_lead_to_the_case(scene: Scene, as_: As) -> None:
    public_id = scene.bring("hearing")
    client = as_(HEAD)
    page = get(client, "/messages")
    assert "请于11月26日" in page.text
    opening = next(action for action in page.actions() if action.endswith("/opening"))
    answer = send(client, opening, {"csrf_token": csrf(client, "/todo")})
    assert answer.status == 303
    assert answer.location is not None
    assert client.get(answer.location).headers["Location"].endswith(str(public_id))


def test_who_looked_says_nothing_of_a_case(college: Flask, worker: Flask, as_: As) -> None:
    """The log of views of a sensitive item is read by more than may know of its case."""
    with sensitive(college, level=3, deadline_days=30) as known:
        public_id = known.public_id
    scene = Scene(college, worker, public_id)
    case_id = scene.bring("checking")
    assert as_(OFFICE_HEAD).get(_address(case_id)).status_code == 200
    with college.app_context():
        scene.actor.item(OFFICE_HEAD)
        looked = db.session.execute(select(ViewLog.page, ViewLog.detail)).all()
    assert [tuple(row) for row in looked] == [("item.page", "")]
