"""第二十一条, SPEC §7.2: words that must not enter a system that is not for state secrets.

A pure scan. A mark of a state secret (绝密, 机密★10年, 密级：…) stops; a word that may stand in an
ordinary sentence (机密性, 保密工作, 秘密组织) only asks the writer to confirm.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple

Kind = Literal["stop", "confirm", "none"]
STOPPED = "请勿在本系统录入。请联系机要室（保密办公室）线下办理"
CONFIRMATION = "以上词语不涉及国家秘密"


class Finding(NamedTuple):
    """What a text holds: its kind, and the words of the list below that were met, each once."""

    kind: Kind
    words: tuple[str, ...] = ()


NOTHING = Finding("none")
STAR = "[★☆⭐⭑⭒✦✧✩✪✫✬✭✮✯✰✶⋆🌟]"
_YEARS = "(?:[12]?[0-9]|30|[一二]?十[一二三四五六七八九]?|三十|[一二三四五六七八九])"
_TERM = f"(?:{_YEARS}(?:年(?![级度代])|个?月)|长期|启用前)"
# Spaces go before matching, so words that merely meet must not count: 杜绝|密集, 手机|密码.
_NOT_TOP = "(?<![拒杜断隔谢回根灭禁弃决不])绝密"
_NOT_CONFIDENTIAL = "(?:码|切|封|闭|集|钥|度)"
STOP = (
    ("绝密", re.compile(_NOT_TOP)),
    ("机密★", re.compile(f"机密{STAR}")),
    ("秘密★", re.compile(f"秘密{STAR}")),
    ("★年限", re.compile(f"{STAR}{_TERM}")),
    # An asterisk is a star only where a term follows: 「机密*」 may be a footnote.
    ("密*年限", re.compile(f"[机秘]密[*※]{_TERM}")),
    ("密级：", re.compile("密级[:︰]")),
    ("保密期限", re.compile("保密期限")),
    # A line that is nothing but the mark, as it is stamped on the head of a paper.
    ("密级标志", re.compile(r"^[\[【(〔《「]?(?:机密|秘密)[\]】)〕》」]?$", re.MULTILINE)),
)
CONFIRM = (
    ("机密", re.compile(f"机密(?!{_NOT_CONFIDENTIAL})")),
    ("秘密", re.compile(f"秘密(?!{_NOT_CONFIDENTIAL})")),
    ("密级", re.compile("密级(?!别)")),
    ("保密", re.compile("保密")),
    ("涉密", re.compile("涉密")),
    ("密件", re.compile("密件")),
    ("密电", re.compile("密电")),
    ("内部资料", re.compile("内部资料")),
    ("注意保存", re.compile("注意保存")),
)
# Blanks; what Unicode lets a page ignore (joiners, fillers, variation selectors, tags); the blank
# of Braille; marks that are set over or around a character.
_UNSEEN = re.compile(
    "[^\\S\\n]|[\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u0300-\\u036f\\u061c\\u115f\\u1160"
    "\\u17b4\\u17b5\\u180b-\\u180f\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f"
    "\\u20d0-\\u20ff\\u2800\\u302a-\\u302f\\u3164\\ue000-\\uf8ff\\ufe00-\\ufe0f\\ufe20-\\ufe2f\\ufeff\\uffa0"
    "\\ufff0-\\ufffb\\U0001bca0-\\U0001bca3\\U0001d165-\\U0001d182\\U000e0000-\\U000e0fff]"
)
# The same words as Taiwan, Hong Kong and older papers write them.
_SIMPLIFIED = str.maketrans(
    "絕絶機祕級長啟啓個箇內資電註斷謝滅決碼閉鑰", "绝绝机秘级长启启个个内资电注断谢灭决码闭钥"
)
# The portal's own sentences, as they stand on every page and sheet.
_OWN = re.compile("(?:不涉及|严禁处理、存储、传输)国家秘密|非涉密|不涉密")


def scan(text: str) -> Finding:
    """The strictest finding in `text`; letter-spaced and full-width writing counts alike."""
    plain = _plain(text)
    stopped = _met(STOP, plain)
    if stopped:
        return Finding("stop", stopped)
    asked = _met(CONFIRM, _OWN.sub("", plain))
    return Finding("confirm", asked) if asked else NOTHING


def _met(words: tuple[tuple[str, re.Pattern[str]], ...], plain: str) -> tuple[str, ...]:
    return tuple(word for word, pattern in words if pattern.search(plain))


def _plain(text: str) -> str:
    """Compatibility forms and traditional characters folded, blanks and invisible signs taken out;
    lines stay lines."""
    lines = "\n".join(unicodedata.normalize("NFKC", text).splitlines())
    return _UNSEEN.sub("", lines).translate(_SIMPLIFIED)
