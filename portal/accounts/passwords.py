"""Passwords: argon2 digests and the rules for new ones (SPEC §7.7 a)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 10
MAX_LENGTH = 200
CLASSES_NEEDED = 3
REMEMBERED = 5
"""A new password differs from the present one and those before it, five in all."""

UNUSABLE = "!"
"""In the place of a digest: no password matches until one is handed over (decision 0112)."""

NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$Em/NZUWb/o42JE06zmB47Q"
    "$636i1DZd1GYI36aVdQ5TeQEHUHPky6RAACa+vM4QHbo"
)
"""A digest no account holds, of the same parameters as real ones."""

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id digest to store."""
    return _hasher.hash(_normal(password))


def matches(password_hash: str, password: str) -> bool:
    """Whether `password` belongs to the digest. A digest that cannot be read matches nothing."""
    try:
        return _hasher.verify(password_hash, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """The digest was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def waste_a_verification(password: str) -> None:
    """Take as long as a real check, for a name that has no account."""
    matches(NOBODY, password)


def faults_of_new(password: str, username: str, former: Sequence[str]) -> list[str]:
    """What is wrong with a new password, in words for the page; empty when it may be taken.

    `former`: digests of the present password and those before it.
    """
    faults = []
    if len(password) < MIN_LENGTH:
        faults.append(f"密码不得少于{MIN_LENGTH}个字符。")
    if len(password) > MAX_LENGTH:
        faults.append(f"密码不得超过{MAX_LENGTH}个字符。")
    if _classes(password) < CLASSES_NEEDED:
        faults.append("密码须包含大写字母、小写字母、数字、其他字符中的至少三类。")
    if username and username.casefold() in password.casefold():
        faults.append("密码不得包含工号。")
    if not faults and any(matches(digest, password) for digest in former):
        faults.append(f"密码不得与最近{REMEMBERED}次使用过的相同。")
    return faults


def _classes(password: str) -> int:
    """How many of the four classes occur: capitals, small letters, digits, anything else."""
    kinds = {
        "A" if c.isupper() else "a" if c.islower() else "0" if c.isdigit() else "*"
        for c in password
    }
    return len(kinds)


def _normal(password: str) -> str:
    """One form for the same characters typed on different keyboards."""
    return unicodedata.normalize("NFKC", password)
