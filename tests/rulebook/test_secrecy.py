"""SPEC §7.2: which words stop, which only ask, and which merely look like them."""

from __future__ import annotations

import pytest

from portal.rulebook.secrecy import Finding, scan

UNSEEN = "\ufe00\ufe0f\u034f\u3164\uffa0\u115f\u2800\u0301\u20dd\ue000\U000e0100\U000e0041\x7f"
"""Joiners, fillers, selectors, tags, blanks, marks: nothing of them is seen on a page."""
STOP = (
    ("本件为绝密，请勿外传", "绝密"),
    ("绝 密", "绝密"),
    ("绝\u200b密", "绝密"),
    *((f"绝{unseen}密", "绝密") for unseen in UNSEEN),
    ("絕密", "绝密"),
    ("絶密文件", "绝密"),
    ("機密★10年", "机密★"),
    *((f"机密{star}10年", "机密★") for star in "⭑⭒✩✪✫✬✰⋆🌟"),
    ("秘密*三年", "密*年限"),
    ("机密＊长期", "密*年限"),
    ("杜绝绝密文件外泄", "绝密"),
    ("机密★10年", "机密★"),
    ("机　密 ★ １０ 年", "机密★"),
    ("秘密★", "秘密★"),
    ("秘密☆五年", "秘密★"),
    ("★20年", "★年限"),
    ("★十年", "★年限"),
    ("★长期", "★年限"),
    ("★6个月", "★年限"),
    ("试卷★启用前", "★年限"),
    ("密级：内部", "密级："),
    ("密 级:", "密级："),
    ("保密期限为三年", "保密期限"),
    ("关于某项工作的通知\n机密\n各系部：", "密级标志"),
    ("〔秘 密〕", "密级标志"),
)
CONFIRM = (
    ("注意数据的机密性", "机密"),
    ("机密*：见脚注", "机密"),
    ("做好保密工作", "保密"),
    ("严防秘密组织渗透", "秘密"),
    ("确定密级的程序", "密级"),
    ("内部资料 注意保存", "内部资料"),
    ("涉密人员培训", "涉密"),
    ("密件登记簿", "密件"),
    ("遵守国家秘密管理规定", "秘密"),
)
NONE = (
    "",
    "冬季校园消防安全隐患集中排查整治",
    "杜绝密集聚集",
    "杜絕密集聚集，手機密碼定期更換",
    "拒绝密切接触",
    "手机密码、计算机密码、开机密码定期更换",
    "司机密切配合",
    "神秘密码",
    "★2026年重点工作",
    "★★★三星级",
    "90年代老旧小区",
    "数据加密级别",
    "本人确认内容及附件不涉及国家秘密",
    "本系统为非涉密系统，严禁处理、存储、传输国家秘密",
)


@pytest.mark.parametrize(("text", "word"), STOP)
def test_marks_of_a_state_secret_stop(text: str, word: str) -> None:
    """The mark itself, however it is spaced, starred or hidden."""
    found = scan(text)
    assert found.kind == "stop"
    assert word in found.words


@pytest.mark.parametrize(("text", "word"), CONFIRM)
def test_words_of_ordinary_sentences_only_ask(text: str, word: str) -> None:
    """机密性, 保密工作, 秘密组织: the writer confirms, nothing is refused."""
    found = scan(text)
    assert found.kind == "confirm"
    assert word in found.words


@pytest.mark.parametrize("text", NONE)
def test_words_that_merely_meet_are_nothing(text: str) -> None:
    """杜绝|密集 and 手机|密码 hold no such word; nor do the portal's own sentences."""
    assert scan(text) == Finding("none")


def test_a_mark_outweighs_words_that_ask() -> None:
    """The strictest finding counts."""
    assert scan("保密工作要点。密级：机密★5年").kind == "stop"


def test_long_texts_are_scanned_in_time() -> None:
    """No pattern grows worse than the text."""
    assert scan("★" * 200_000 + "机密" * 50_000 + " " * 200_000).kind == "confirm"
