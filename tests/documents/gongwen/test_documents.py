"""反馈报告, 学期报告, 通报, 整改意见书: what each says, read back from its PDF (SPEC §5.6–5.9)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from portal.documents.gongwen import circular, feedback, rectification, term_report
from portal.documents.gongwen.content import Gongwen, Heading, Paragraph, Table
from portal.documents.gongwen.figures import Balance, rate
from tests.documents.gongwen.samples import (
    CIRCULAR,
    DOCUMENTS,
    EXPECTED,
    FEEDBACK,
    ITEMS,
    RECTIFICATION,
    TERM,
    pdf_of,
)
from tests.documents.samples import squeezed, text_of


@pytest.fixture(scope="module")
def printed() -> dict[str, str]:
    return {name: text_of(pdf_of(name)) for name in DOCUMENTS}


def _headings(document: Gongwen) -> list[str]:
    return [block.text for block in document.body if isinstance(block, Heading)]


def _texts(document: Gongwen) -> list[str]:
    """Every text of a document that stands on its pages."""
    found = [document.title, *document.addressed, *document.attached, document.signature.name]
    parts = [*document.body, *document.after]
    for annex in document.annexes:
        parts += annex.blocks
    for block in parts:
        if isinstance(block, Heading | Paragraph):
            found += block.text.split("\n")
        elif isinstance(block, Table):
            found += [text for row in block.rows for text in row]
        else:
            found += [row.label for row in block.rows]
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_text_is_printed(printed: dict[str, str], name: str) -> None:
    text = printed[name].replace("附件1", "").replace("附件2", "")
    missing = [one for one in _texts(DOCUMENTS[name]) if squeezed(one) not in text]
    # A page may end within a paragraph: its number stands between the two parts then.
    numbers = [text.replace(f"—{number}—", "") for number in range(1, 5)]
    assert [one for one in missing if not any(squeezed(one) in each for each in numbers)] == []


def test_a_feedback_report_has_the_five_fields_in_their_order(printed: dict[str, str]) -> None:
    """第十六条（五）: 办理举措、进展情况、取得成效、存在问题、下一步工作思路."""
    assert _headings(DOCUMENTS["feedback"]) == [words for _name, words in feedback.SECTIONS]
    text = printed["feedback"]
    assert "党政办公室：" in text
    assert "（阿职督办〔2026〕32号）第2期办理情况报告如下。" in text
    assert "目前办理进度85%。" in text
    assert "附件：1.隐患清单（第一批）2.整改前后对比照片（14张）" in text
    assert "安全保卫处2026年11月22日" in text


def test_a_report_without_news_says_so() -> None:
    """SPEC §2.7: 本期无新进展, with its reason; what was not written is no heading."""
    report = replace(
        FEEDBACK, no_progress=True, progress="设备未到货。", measures="", effect="", files=()
    )
    document = feedback.compose(report)
    assert _headings(document) == ["进展情况", "存在问题", "下一步工作思路"]
    at = document.body.index(Heading("进展情况"))
    said = [block.text for block in document.body[at + 1 : at + 4] if isinstance(block, Paragraph)]
    assert said == ["本期无新进展。", "设备未到货。", "目前办理进度85%。"]
    assert document.attached == ()


def test_the_term_report_has_its_outline_and_the_figures(printed: dict[str, str]) -> None:
    """SPEC §5.8; the figures of indicator_examples.json without sensitive items."""
    assert _headings(DOCUMENTS["term_report"]) == [
        "总体情况",
        "主要做法",
        "推进落实较好的事项和单位",
        "存在的主要问题",
        "逾期未办结事项",
        "反馈不及时",
        "协同不够",
        "下一步工作安排",
    ]
    text = printed["term_report"]
    for said in (
        f"共立项{EXPECTED['n_filed']}项",
        f"已交办{EXPECTED['n_issued']}项，办结{EXPECTED['n_closed_of_issued']}项",
        f"办结率{EXPECTED['r_closed']}%",
        f"到期应办结{EXPECTED['n_due']}项",
        f"按时办结率{EXPECTED['r_on_time']}%",
        f"反馈及时率{EXPECTED['r_feedback']}%",
        f"逾期未办结{EXPECTED['n_overdue']}项",
        f"发出催办通知单{EXPECTED['n_urged']}份（涉及{EXPECTED['n_items_urged']}项）",
    ):
        assert said in text, said
    assert "（一）逾期未办结事项" in text
    assert "附件：1.督办事项台账2.未办结事项清单3.催办情况一览表" in text
    assert "学校党委、行政：" in text


def test_the_annexes_hold_every_item_without_sensitive_ones(printed: dict[str, str]) -> None:
    ledger, unfinished, urged = DOCUMENTS["term_report"].annexes
    assert all(annex.landscape for annex in (ledger, unfinished, urged))
    (table,) = ledger.blocks
    assert isinstance(table, Table)
    assert len(table.rows) == len(ITEMS)
    assert all(squeezed(item["title"]) in printed["term_report"] for item in ITEMS)
    assert [len(annex.blocks) for annex in (unfinished, urged)] == [1, 1]


def test_what_the_office_left_out_of_a_term_report_says_none() -> None:
    document = term_report.compose(replace(TERM, coordination=""))
    at = document.body.index(Heading("协同不够", 2))
    assert document.body[at + 1] == Paragraph("无。")


def test_the_circular_goes_to_all_units(printed: dict[str, str]) -> None:
    """SPEC §5.9: with red head and 版记."""
    text = printed["circular"]
    assert "阿坝职业学院党政办公室文件阿职党政办〔2026〕12号关于11月督办督查事项办理情况" in text
    assert "各单位：现将11月督办督查事项办理情况通报如下。" in text
    assert "抄送：学校领导，纪委办公室，组织人事部。" in text
    assert "2026年11月23日印发" in text
    assert text.count("南校区学生公寓供暖改造工程进度滞后问题整改") == 1


def test_a_circular_without_praise_or_blame_leaves_the_sections_out() -> None:
    document = circular.compose(replace(CIRCULAR, good="", problems="", unfinished=()))
    assert _headings(document) == ["总体情况", "下一步工作要求"]


def test_the_rectification_paper(printed: dict[str, str]) -> None:
    """SPEC §5.7: facts, problems, table of demands, the day to report by, who signs, receipt."""
    text = printed["rectification"]
    for said in (
        "督查整改意见书后勤与国有资产管理处：",
        "关联文号：阿职督办〔2026〕21号",
        "督查时间：2026年11月18日9:00—11:30",
        "督查地点：",
        "督查人员：余茂春、杨思源、何玉萍",
        "一、发现的主要问题（一）5号公寓",
        "序号问题整改要求责任人时限",
        "请于11月27日前书面报送整改情况。",
        "督查组组长：",
        "党政办公室2026年11月18日",
        "被督查单位负责人意见：",
        "签名：年月日",
    ):
        assert said in text, said


def test_the_leader_of_the_team_may_be_typed() -> None:
    document = rectification.compose(replace(RECTIFICATION, leader="余茂春"))
    assert document.signature.beside == "督查组组长：余茂春"


@pytest.mark.parametrize(("value", "words"), [("66.7", "66.7%"), (None, "—")])
def test_a_rate_of_nothing_is_a_dash(value: str | None, words: str) -> None:
    """SPEC §6.2: never 0 % or 100 %."""
    assert rate(value) == words


def test_a_list_too_long_for_a_paper_is_told_instead() -> None:
    """Decision 0099: it is printed as 台账; the report itself must not fail for it."""
    many = replace(TERM, ledger=TERM.ledger[:1] * 1_001)
    (told,) = term_report.compose(many).annexes[0].blocks
    assert told == Paragraph("共1001项，不逐项列印，另按统计期打印台账附后。")
    (table,) = term_report.compose(replace(TERM, ledger=TERM.ledger[:1] * 1_000)).annexes[0].blocks
    assert isinstance(table, Table)


def test_a_report_that_was_counted_says_how_the_items_flowed_and_by_which_data() -> None:
    """SPEC P32; what did not occur is not said."""
    balance = Balance(opening=5, entered=22, reopened=1, closed=6, exempted=0, void=2, open=19)
    counted = replace(TERM, balance=balance, as_of=dt.date(2026, 11, 23), digest="ab" * 32)
    document = term_report.compose(counted)
    flowed = "期初在办5项，本期新增22项（含恢复督办1项），本期办结6项，作废2项，期末在办19项。"
    assert Paragraph(flowed) in document.body
    source = "以上数据截至2026年11月23日，数据校验值（SHA-256）为abababababababab。"
    assert document.body.index(Paragraph(source)) == document.body.index(Paragraph(flowed)) + 1
    past = term_report.compose(replace(counted, ledger_digest="0123456789abcdef" * 4))
    ledger = f"当日时点台账校验值（SHA-256）为{' '.join(['0123456789abcdef'] * 4)}。"
    assert Paragraph(source + ledger) in past.body
    assert "数据截至" not in str(term_report.compose(TERM).body)


def test_a_circular_of_its_own_title_has_no_figures() -> None:
    own = replace(
        CIRCULAR, figures=None, title="关于报送材料的通报", text="请按时报送。", demands=""
    )
    document = circular.compose(own)
    assert document.title == "关于报送材料的通报"
    assert document.body == (Paragraph("请按时报送。"),)
