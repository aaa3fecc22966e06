"""首次使用指引: for each post, put away for good, always in 帮助."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.guides import GUIDES
from portal.posts import POSTS
from tests.pages import fill, get

As = Callable[[str], FlaskClient]
WHO = {
    "leader": "向维岷",
    "office": "泽仁旺姆",
    "unit": "坤建军",
    "worker": "邓涛",
    "archivist": "黄素芬",
    "secrets": "周慎之",
    "sys_admin": "sysadmin01",
    "sec_admin": "secadmin01",
    "auditor": "auditor01",
}


def test_every_post_has_a_guide() -> None:
    """And the administrators."""
    administrators = {"sys_admin", "sec_admin", "auditor"}
    assert GUIDES.keys() == {post.name for post in POSTS} | administrators


@pytest.mark.parametrize("name", WHO)
def test_a_guide_is_put_away_and_found_again(as_: As, name: str) -> None:
    """On the desk until 不再显示 is pressed, which works twice; its links lead somewhere."""
    client = as_(WHO[name])
    page = get(client, "/")
    guide = page.soup.find("section", attrs={"aria-labelledby": f"guide-{name}"})
    assert guide is not None
    for link in guide.select("ol a"):
        assert get(client, str(link["href"])).status == 200, link
    assert fill(client, "/", f"/guides/{name}/dismissal").status == 303
    assert get(client, "/").soup.find(id=f"guide-{name}") is None
    assert get(as_(WHO[name]), "/").soup.find(id=f"guide-{name}") is None
    found = get(client, "/help")
    assert found.soup.find(id=f"guide-{name}") is not None


def test_two_posts_are_guided_one_after_the_other(as_: As, college: Flask) -> None:
    """One panel at a time; somebody else's are still there."""
    client = as_("何玉萍")
    assert fill(client, "/", "/guides/office/dismissal").status == 303
    page = get(client, "/")
    assert [tag["id"] for tag in page.soup.select(".db-guide h2")] == ["guide-worker"]
    page = get(as_("泽仁旺姆"), "/")
    assert [tag["id"] for tag in page.soup.select(".db-guide h2")] == ["guide-office"]


def test_who_has_no_office_sees_the_desk_of_a_handler(as_: As) -> None:
    """余世华, 党总支书记 of a 二级学院, sees what the unit sees (SPEC §1.4)."""
    page = get(as_("余世华"), "/")
    assert page.soup.find(id="guide-worker") is not None
    labels = [tag.get_text() for tag in page.soup.select(".db-queue-label")]
    assert "本周应报" in labels


def test_there_is_no_other_guide(as_: As) -> None:
    assert as_("何玉萍").post("/guides/nothing/dismissal").status_code in (400, 404)
