"""Looking into one uploaded file before anything of it is kept (第二十一条, SPEC §7.2, §8.14)."""

from __future__ import annotations

from typing import IO, NamedTuple

from portal.attachments.bare_pictures import bare
from portal.attachments.kinds import Kind, kind_of
from portal.attachments.names import clean_name
from portal.attachments.texts import texts_of
from portal.rulebook.secrecy import NOTHING, Finding, scan


class Sound(NamedTuple):
    """A file that may be kept: its cleaned name, its kind by content, the bytes to keep
    (of a photograph without what the camera wrote beside it)."""

    name: str
    kind: Kind
    stream: IO[bytes]


class Looked(NamedTuple):
    """What was found; `sound` is None for a file that bears a mark, and only for such a one."""

    sound: Sound | None
    finding: Finding


def look_into(given_name: str, stream: IO[bytes]) -> Looked:
    """Type by content, then the marks in name and texts, the strictest finding of all.

    FileRefused with a sentence for the person if the file may not be kept whatever it says.
    """
    name = clean_name(given_name)
    # The name is read first: a marked file is not opened at all.
    finding = scan(name)
    if finding.kind == "stop":
        return Looked(None, finding)
    kind = kind_of(stream, name)
    for text in texts_of(stream, kind):
        finding = _strictest(finding, scan(text))
        if finding.kind == "stop":
            # Whatever else may be wrong further on: this is what counts.
            return Looked(None, finding)
    return Looked(Sound(name, kind, bare(stream, kind)), finding)


def _strictest(*findings: Finding) -> Finding:
    for kind in ("stop", "confirm"):
        met = [finding for finding in findings if finding.kind == kind]
        if met:
            words = dict.fromkeys(word for finding in met for word in finding.words)
            return Finding(met[0].kind, tuple(words))
    return NOTHING
