"""What people type, paste and try: a right document or a clear message."""

from __future__ import annotations

import socket
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.documents.checks import LONGEST_TEXT
from portal.documents.field_sheets import HandedOver, Photo, TeamMember
from portal.documents.form_table import MOST_ENTRIES
from portal.documents.render import MOST_PHOTOS, DocumentError, render
from portal.documents.sheets import FormSheet, NoticeBatch, Receipt, Sheet, SignatureBox
from portal.documents.typesetting.characters import unprintable
from portal.documents.work_sheets import PlannedStep
from tests.accounts.pictures import photographed
from tests.attachments.files import jpg, pdf, png
from tests.documents.form_samples import (
    HANDOVER,
    INSPECTION_PLAN,
    INSPECTION_RECORD,
    PHONE,
    PHOTOS,
    PLAN,
    RESET,
)
from tests.documents.samples import BLANK, CLOSING, DAY, FILING, NOTICE, text_of

HTML = (
    "<script>alert(1)</script><img src='http://evil.example/a.png'>"
    "<img src='file:///etc/passwd'><link rel=stylesheet href=//evil.example/a.css>"
    "</td></tr></table><pdf:include src='/etc/passwd'><style>@import 'http://evil.example'</style>"
    "{{ 7*7 }}{% include '/etc/passwd' %}&amp;&#20320;<br>"
)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every attempt to reach an address or look one up; each is refused."""
    tried: list[Any] = []

    def refuse(*arguments: Any, **_: Any) -> None:
        tried.append(arguments)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tried


MARKED = {"title": HTML, "requirement": HTML, "number": HTML}


@pytest.mark.parametrize(
    ("kind", "sheet"),
    [
        ("filing", replace(FILING, **MARKED, lead_unit=HTML, sign=SignatureBox(HTML, HTML))),
        ("notice", replace(NOTICE, **MARKED, unit=HTML, instructions=(HTML,), contact=HTML)),
        ("phone", replace(PHONE, title=HTML, number=HTML, caller=HTML, callee=HTML, content=HTML,
                          reply=HTML)),
        ("reset", replace(RESET, title=HTML, number=HTML, unit=HTML, reason=HTML, contact=HTML,
                          unit_head=HTML)),
        ("plan", replace(PLAN, title=HTML, number=HTML, unit=HTML, deadline=HTML,
                         steps=(PlannedStep(HTML, HTML),))),
        ("inspection_plan", replace(
            INSPECTION_PLAN, title=HTML, number=HTML, matter=HTML, outline=HTML,
            members=(TeamMember(HTML, HTML, "n"),))),
        ("inspection_record", replace(
            INSPECTION_RECORD, title=HTML, number=HTML, findings=HTML, talks=HTML, place=HTML,
            photos=(Photo(PHOTOS[0].content, HTML),))),
        ("handover", replace(
            HANDOVER, title=HTML, number=HTML, unit=HTML, remarks=HTML,
            items=(HandedOver(HTML, HTML, ""),))),
    ],
)  # fmt: skip
def test_markup_prints_as_it_was_typed(no_network: list[Any], kind: str, sheet: Sheet) -> None:
    text = text_of(render(kind, sheet))
    assert text.count("<script>alert(1)</script>") == 6
    assert "{{7*7}}" in text
    assert "&amp;&#20320;<br>" in text
    assert "root:" not in text
    assert no_network == []


@pytest.mark.parametrize(
    "text",
    [
        "督" * LONGEST_TEXT,
        "a" * LONGEST_TEXT,
        "，" * LONGEST_TEXT,
        pytest.param("督办事\n" * (LONGEST_TEXT // 4), marks=pytest.mark.long),
        "（" * LONGEST_TEXT,
        " " * LONGEST_TEXT,
    ],
    ids=["han", "one word", "closing marks", "lines", "opening marks", "blanks"],
)
def test_twenty_thousand_characters(text: str) -> None:
    pdf = render("closing", replace(CLOSING, closing=text))
    assert text_of(pdf).count("督") >= text.count("督")


LONG_FIELDS = [
    *(("filing", name) for name in ("title", "number", "lead_unit", "deadline", "footnote")),
    *(
        ("notice", name)
        for name in (
            "title",
            "number",
            "unit",
            "deadline",
            "requirement",
            "asks",
            "contact",
            "phone",
        )
    ),
]


FORMS = {
    "phone": PHONE, "reset": RESET, "plan": PLAN, "inspection_plan": INSPECTION_PLAN,
    "inspection_record": INSPECTION_RECORD, "handover": HANDOVER,
}  # fmt: skip
NOT_SHOWN = {("phone", "channel"), ("phone", "purpose"), ("phone", "reply_form")}
"""Keys of choices: what is none of them ticks no box."""
NOT_SHOWN |= {("inspection_record", "conclusion"), ("inspection_record", "answer")}
NOT_SHOWN |= {(kind, "college") for kind in FORMS} | {(kind, "control_code") for kind in FORMS}


@pytest.mark.parametrize("kind", FORMS)
def test_a_long_text_in_every_cell_of_a_form(kind: str) -> None:
    """All at once: nothing is lost, whatever goes on over how many pages."""
    sheet: FormSheet = FORMS[kind]
    texts = {
        each.name
        for each in fields(sheet)
        if isinstance(getattr(sheet, each.name), str) and (kind, each.name) not in NOT_SHOWN
    }
    text = text_of(render(kind, replace(sheet, **dict.fromkeys(texts, "琥珀" * 400))))
    assert text.count("琥") == text.count("珀") == 400 * len(texts)


@pytest.mark.parametrize(
    ("kind", "changes", "says"),
    [
        ("phone", {"content": "🙏"}, "U+1F64F"),
        ("plan", {"steps": (PlannedStep("查😀", ""),)}, "U+1F600"),
        ("plan", {"steps": (PlannedStep("查", ""),) * (MOST_ENTRIES + 1)}, str(MOST_ENTRIES)),
        ("inspection_plan", {"members": (TeamMember("王🀄", "", "n"),)}, "U+1F004"),
        ("inspection_record", {"photos": PHOTOS * 5}, str(MOST_PHOTOS)),
        ("inspection_record", {"photos": (Photo(b"GIF89a"),)}, "照片无法打开"),
        ("inspection_record", {"photos": (Photo(b""),)}, "照片无法打开"),
        ("inspection_record", {"photos": (Photo(PHOTOS[0].content[:600]),)}, "照片无法打开"),
        ("inspection_record", {"photos": (Photo(b"<svg/>"),)}, "照片无法打开"),
        ("handover", {"items": (HandedOver("", "督" * (LONGEST_TEXT + 1), ""),)},
         str(LONGEST_TEXT)),
    ],
)  # fmt: skip
def test_what_a_form_cannot_print_is_named(kind: str, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(DocumentError, match=r".+。$") as error:
        render(kind, replace(FORMS[kind], **changes))
    assert says in str(error.value)


@pytest.mark.parametrize("kind", FORMS)
def test_blanks_in_every_cell_of_a_form(kind: str) -> None:
    sheet: FormSheet = FORMS[kind]
    texts = [each.name for each in fields(sheet) if isinstance(getattr(sheet, each.name), str)]
    assert render(kind, replace(sheet, **dict.fromkeys(texts, " \u200b "))).startswith(b"%PDF")


@pytest.mark.parametrize(("kind", "field"), LONG_FIELDS)
def test_a_long_text_in_any_cell(kind: str, field: str) -> None:
    sheet = {"filing": FILING, "notice": NOTICE}[kind]
    pdf = render(kind, replace(sheet, **{field: "琥珀" * 2000}))
    assert text_of(pdf).count("琥") == text_of(pdf).count("珀") == 2000


def test_long_words_of_a_leader_and_a_long_receipt() -> None:
    receipt = Receipt(*("长" * 300 for _ in range(3)))
    sheet = replace(NOTICE, instructions=("同意。" * 2000,) * 2, receipt=receipt)
    text = text_of(render("notice", sheet))
    assert (text.count("意"), text.count("长") >= 900) == (4000, True)


def test_a_long_opinion_and_a_long_name() -> None:
    box = SignatureBox("同意。" * 2000, "长" * 300, note="（代" + "长" * 300 + "）")
    pdf = render("filing", replace(FILING, sign=box, review=box, approve=(box, box), filing=box))
    assert text_of(pdf).count("意") == 10_000


def _wide() -> bytes:
    """A few bytes that say they are a picture of 40,000 by 40,000."""
    raw = bytearray(png())
    raw[16:24] = (40_000).to_bytes(4, "big") * 2
    return bytes(raw)


@pytest.mark.parametrize(
    "picture",
    [
        b"x",
        photographed("PNG")[:-40],
        _wide(),
        b"<svg xmlns:x='file:///etc/passwd'/>",
        jpg(),
        pdf(),
    ],
    ids=["no picture", "cut off", "a bomb", "svg", "jpg", "pdf"],
)
def test_a_broken_picture_leaves_the_typed_name(no_network: list[Any], picture: bytes) -> None:
    plain = SignatureBox("同意。", "陈𬭎", DAY)
    pictured = replace(plain, picture=picture)
    found = render("filing", replace(FILING, sign=pictured, approve=(pictured,)))
    assert found == render("filing", replace(FILING, sign=plain, approve=(plain,)))
    assert no_network == []


def test_two_hundred_co_units() -> None:
    units = tuple(f"第{number}协办单位" for number in range(200))
    text = text_of(render("filing", replace(FILING, co_units=units, co_heads=units)))
    assert all(unit in text for unit in units)


def test_two_hundred_units_on_a_notice() -> None:
    """Counted by one character: a page may end within a name."""
    units = tuple(f"第{number}琥处" for number in range(200))
    assert text_of(render("notice", replace(NOTICE, others=units))).count("琥") == 200


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"requirement": "按期办结😀"}, "「😀」（U+1F600）"),
        ({"title": "བོད"}, "U+0F56"),
        ({"co_heads": ("\U000f0000王", "🀄")}, "U+1F004"),
        ({"sign": SignatureBox("同意🙏")}, "U+1F64F"),
        ({"requirement": "督" * (LONGEST_TEXT + 1)}, str(LONGEST_TEXT)),
        ({"co_units": ("处",) * (MOST_ENTRIES + 1)}, str(MOST_ENTRIES)),
        ({"category": "<b>"}, "<b>"),
        ({"level": 5}, "5"),
    ],
)
def test_what_cannot_be_printed_is_named(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(DocumentError, match=r".+。$") as error:
        render("filing", replace(FILING, **changes))
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"instructions": ("抓紧🙏",)}, "U+1F64F"),
        ({"receipt": Receipt(person="王😀")}, "U+1F600"),
        ({"asks": "督" * (LONGEST_TEXT + 1)}, str(LONGEST_TEXT)),
        ({"others": ("处",) * (MOST_ENTRIES + 1)}, str(MOST_ENTRIES)),
        ({"method": "x"}, "x"),
    ],
)
def test_one_bad_notice_spoils_the_batch_and_is_named(changes: dict[str, Any], says: str) -> None:
    bad = replace(NOTICE, **changes)
    for kind, sheet in (
        ("notice", bad),
        ("notices", NoticeBatch(college=NOTICE.college, notices=(NOTICE, bad))),
    ):
        with pytest.raises(DocumentError, match=r".+。$") as error:
            render(kind, sheet)
        assert says in str(error.value)


@pytest.mark.parametrize(
    ("kind", "sheet"),
    [
        ("closing", FILING),
        ("filing", CLOSING),
        ("x", FILING),
        ("notice", FILING),
        ("notices", NOTICE),
        ("notice-HGC", NOTICE),
        ("notices", NoticeBatch(college="阿坝职业学院", notices=())),
    ],
)
def test_a_sheet_of_another_kind(kind: str, sheet: Any) -> None:
    with pytest.raises(DocumentError):
        render(kind, sheet)


def test_control_characters_and_surrogates_are_dropped() -> None:
    text = text_of(
        render("filing", replace(BLANK, title="督\x00\x0b\x1f办\ud800\udfff\u200b督\ufeff查"))
    )
    assert "督办督查" in text


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=120), st.text(max_size=30), st.lists(st.text(max_size=12), max_size=8))
def test_any_text_at_all_on_a_notice(body: str, name: str, names: list[str]) -> None:
    sheet = replace(
        NOTICE,
        requirement=body,
        asks=body,
        phone=name,
        others=tuple(names),
        instructions=tuple(names),
        receipt=Receipt(name, body, name),
    )
    if any(unprintable(text) for text in (body, name, *names)):
        with pytest.raises(DocumentError, match="无法打印"):
            render("notice", sheet)
    else:
        assert render("notice", sheet).startswith(b"%PDF")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120), st.text(max_size=30), st.lists(st.text(max_size=12), max_size=8))
def test_any_text_at_all(body: str, name: str, names: list[str]) -> None:
    sheet = replace(
        CLOSING,
        requirement=body,
        urging=body,
        lead_unit=name,
        co_heads=tuple(names),
        sign=SignatureBox(body, name),
    )
    if any(unprintable(text) for text in (body, name, *names)):
        with pytest.raises(DocumentError, match="无法打印"):
            render("closing", sheet)
    else:
        assert render("closing", sheet).startswith(b"%PDF")
