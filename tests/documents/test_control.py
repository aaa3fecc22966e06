"""核验码: written to be typed by hand, checked before anything is asked (decision 0103)."""

from __future__ import annotations

import itertools
import uuid

import pytest

from portal.documents.control import LENGTH, LETTERS, address_of, id_of, number_of, printed_in

ID = uuid.UUID("f81d4fae-7dec-4a65-bc91-00a0c91e6bf6")
NUMBER = number_of(ID)


def test_seven_groups_of_four_without_letters_that_are_misread() -> None:
    assert [len(group) for group in NUMBER.split("-")] == [4] * 7
    assert not set(NUMBER) & set("ILOU")


@pytest.mark.parametrize("value", [0, 1, 2**128 - 1, ID.int])
def test_a_number_leads_back_to_its_id(value: int) -> None:
    assert id_of(number_of(uuid.UUID(int=value))) == uuid.UUID(int=value)


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER.lower(),
        NUMBER.replace("-", ""),
        f"  {NUMBER.replace('-', ' ')} ",
        NUMBER.replace("-", "—"),
        "".join(chr(ord(sign) + 0xFEE0) for sign in NUMBER),
        NUMBER.replace("0", "O").replace("1", "l"),
        f"https://duban.example.edu.cn/V/{NUMBER.replace('-', '')}",
        f"/verify/{NUMBER}/",
    ],
)
def test_however_it_is_typed(typed: str) -> None:
    assert id_of(typed) == ID


def test_every_slip_and_every_swap_is_caught() -> None:
    letters = NUMBER.replace("-", "")
    slips = {
        letters[:place] + other + letters[place + 1 :]
        for place, other in itertools.product(range(LENGTH), LETTERS)
    } - {letters}
    swaps = {
        letters[:place] + letters[place + 1] + letters[place] + letters[place + 2 :]
        for place in range(LENGTH - 1)
    } - {letters}
    assert len(slips) == LENGTH * 31
    assert [typed for typed in slips | swaps if id_of(typed) is not None] == []


@pytest.mark.parametrize(
    "typed",
    [
        "", "-", "Z" * 28, "0" * 27, "0" * 29, "0" * 100_000, "７" * 28, "\0" * 28, "用" * 28,
        NUMBER + "'", f"{NUMBER}%", "../../etc/passwd", "<script>", "١" * 28,
    ],
)  # fmt: skip
def test_what_is_no_number(typed: str) -> None:
    assert id_of(typed) is None


def test_numbers_are_found_in_a_text() -> None:
    other = number_of(uuid.UUID(int=5))
    wrong = f"{NUMBER[:-1]}{'0' if NUMBER[-1] != '0' else '2'}"
    text = f"核验码{NUMBER}第1页\n核验码 {other}\n{wrong} X{NUMBER}\n{NUMBER}"
    assert printed_in(text) == [ID, uuid.UUID(int=5)]


def test_an_address_is_written_for_a_small_code() -> None:
    """Scheme and host in capitals; a path keeps its letters; without a base there is no host."""
    code = NUMBER.replace("-", "")
    assert address_of(NUMBER, "") == f"/V/{code}"
    assert address_of(NUMBER, "https://duban.example.cn") == f"HTTPS://DUBAN.EXAMPLE.CN/V/{code}"
    assert address_of(NUMBER, "https://a.cn/duBan") == f"https://a.cn/duBan/V/{code}"
