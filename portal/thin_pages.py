"""Templates are indented for who reads them; the pages made of them are not, and a fifth smaller.

Only the templates' own text is concerned, before anything is put into it: what people typed keeps
every space, and line breaks stay, so that words are parted as they were.
"""

from __future__ import annotations

import re
from typing import Final

from flask import Flask
from jinja2.ext import Extension

_INDENT: Final = re.compile(r"^[ \t]+", re.MULTILINE)


class WithoutIndents(Extension):
    """Takes the white space off the beginning of each line of a template."""

    def preprocess(
        self,
        source: str,
        name: str | None,  # noqa: ARG002 - Jinja's signature
        filename: str | None = None,  # noqa: ARG002 - as above
    ) -> str:
        """The template's source, line by line as before."""
        return _INDENT.sub("", source)


def init_thin_pages(app: Flask) -> None:
    """Every template that the application renders."""
    app.jinja_env.add_extension(WithoutIndents)
