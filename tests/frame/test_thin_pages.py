"""Pages carry no indents of their templates, and everything that people typed as they typed it."""

from __future__ import annotations

from flask import Flask, render_template_string

from portal.thin_pages import init_thin_pages


def test_indents_of_the_template_alone_are_left_out() -> None:
    """Line breaks stay, so that words stay apart; a text keeps its own leading spaces."""
    app = Flask(__name__)
    init_thin_pages(app)
    template = """<div>
        {% for word in words %}
            <p>{{ word }}</p>
        {% endfor %}
        <b>一</b>
        <b>二</b>
    </div>"""
    with app.app_context():
        page = render_template_string(template, words=["  两格\n    四格"])
    lines = [line for line in page.split("\n") if line]
    assert lines == [
        "<div>", "<p>  两格", "    四格</p>", "<b>一</b>", "<b>二</b>", "</div>",
    ]  # fmt: skip
