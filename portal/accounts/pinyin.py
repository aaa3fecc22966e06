"""How a name is written and read: the interpunct, surname readings, initials (SPEC §8.8, §8.9).

A surname may be read otherwise than the character (单 is shan, not dan), and by family
differently (覃 is qin or tan). Readings are proposed when a person is entered by hand; what
the college hands over stands as it is.
"""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin

INTERPUNCT = "\u00b7"
_DOTS = str.maketrans(dict.fromkeys("\u2022\u30fb\uff0e\u2027\u2219\u22c5\uff65\u0387", INTERPUNCT))

SEPARATOR = "|"
"""Between several readings in `Person.pinyin` and `Person.initials`."""

# Only where the dictionary reads otherwise, or families differ; the usual reading first.
SURNAMES: dict[str, tuple[str, ...]] = {
    "单": ("shan",),
    "解": ("xie",),
    "仇": ("qiu",),
    "曾": ("zeng",),
    "乐": ("yue", "le"),
    "覃": ("qin", "tan"),
    "查": ("zha",),
    "区": ("ou",),
    "朴": ("piao",),
    "盖": ("ge", "gai"),
    "翟": ("zhai", "di"),
    "黑": ("he", "hei"),
    "缪": ("miao",),
    "秘": ("bi", "mi"),
    "洗": ("xian",),
    "折": ("she",),
    "员": ("yun",),
    "贠": ("yun",),
    "祭": ("zhai",),
    "宓": ("mi", "fu"),
    "种": ("chong",),
    "重": ("chong",),
    "召": ("shao",),
    "繁": ("po",),
    "都": ("du",),
    "郗": ("xi", "chi"),
    "郇": ("xun", "huan"),
    "隗": ("wei", "kui"),
    "谌": ("chen", "shen"),
    "句": ("gou",),
    "牟": ("mou", "mu"),
    "乜": ("nie",),
    "佴": ("nai",),
    "尉迟": ("yu chi",),
    "万俟": ("mo qi",),
    "单于": ("chan yu",),
    "澹台": ("tan tai",),
}


def normalise_name(name: str) -> str:
    """A name as it is stored: • ・ ． become U+00B7, blanks at the ends and around it go."""
    parts = name.strip().translate(_DOTS).split(INTERPUNCT)
    return INTERPUNCT.join(part.strip() for part in parts)


def readings(name: str) -> list[str]:
    """The readings of a name, the usual one first: 「覃燚」 gives ["qin yi", "tan yi"].

    Syllables are separated by blanks; the interpunct is passed over.
    """
    plain = normalise_name(name).replace(INTERPUNCT, "")
    surname = next((head for head in (plain[:2], plain[:1]) if head in SURNAMES), "")
    rest = _syllables(plain[len(surname) :])
    return [" ".join([*first.split(), *rest]) for first in SURNAMES.get(surname, ("",))]


def initials(reading: str) -> str:
    """First letters of a reading: "ze ren wang mu" gives "zrwm"."""
    return "".join(syllable[0] for syllable in reading.split())


def stored_readings(name: str) -> tuple[str, str]:
    """`Person.pinyin` and `Person.initials` for a name entered by hand."""
    found = readings(name)
    letters = dict.fromkeys(initials(reading) for reading in found)
    return SEPARATOR.join(found), SEPARATOR.join(letters)


def _syllables(text: str) -> list[str]:
    """Character by character, so that no phrase of the dictionary bends a given name."""
    return [
        syllable
        for character in text
        for syllable in lazy_pinyin(character, Style.NORMAL, errors="ignore")
    ]
