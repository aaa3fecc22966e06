"""Every page besides an item's own, at both widths: axe finds nothing, nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import DESKTOP, PHONE, View, views
from tests.browser.pages import DESKS, HANDLES, MISSING, PEOPLE, STRANGERS_PAGES, pages_of
from tests.browser.seat import Office


@pytest.mark.parametrize("view", views(PHONE, DESKTOP), ids=lambda view: view.name)
def test_every_page_can_be_read_by_everybody(office: Callable[[View], Office], view: View) -> None:
    """The office, a leader and a unit each with the frame of their own."""
    people = office(view)
    stranger = people.nobody()
    for name, address in STRANGERS_PAGES.items():
        stranger.page.goto(address)
        stranger.met(name)
    for who in (*PEOPLE, *DESKS, HANDLES):
        seat = people.seat(who)
        seat.trouble.expected |= {404}
        for name, address in pages_of(who).items():
            answer = seat.page.goto(address)
            assert answer is not None
            assert answer.status == (404 if name == MISSING else 200), (name, answer.status)
            seat.met(f"{name} of {who}")


@pytest.mark.parametrize("view", views(PHONE, DESKTOP), ids=lambda view: view.name)
def test_a_form_with_errors_names_them_and_keeps_what_was_typed(
    office: Callable[[View], Office], view: View
) -> None:
    """422: one line at the top that links to the fields, a sentence under each."""
    seat = office(view).seat(PEOPLE[0])
    seat.trouble.expected |= {422}
    seat.page.goto("/items/new?secret=no")
    main = seat.page.get_by_role("main")
    seat.fill(main, {"事项": "只填了事项"})
    seat.press(main.get_by_role("button", name="提交立项"))
    alert = main.get_by_role("alert")
    expect(alert).to_contain_text("已填内容均已保留")
    expect(alert).to_be_focused()
    expect(main.get_by_label("事项", exact=True)).to_have_value("只填了事项")
    expect(main.get_by_label("办理要求", exact=True)).to_have_attribute("aria-invalid", "true")
    seat.met("form with errors")
    seat.press(alert.get_by_role("link", name="办理要求"))
    expect(main.get_by_label("办理要求", exact=True)).to_be_focused()


@pytest.mark.parametrize("view", views(PHONE, DESKTOP), ids=lambda view: view.name)
def test_the_menu_opens_and_fits(office: Callable[[View], Office], view: View) -> None:
    """The person's menu: everything the side navigation holds, also on the telephone."""
    seat = office(view).seat(PEOPLE[0])
    seat.press(seat.page.get_by_role("banner").locator("summary"))
    expect(seat.page.get_by_role("button", name="退出登录")).to_be_visible()
    seat.met("menu")
    seat.page.keyboard.press("Escape")
    expect(seat.page.get_by_role("button", name="退出登录")).to_be_hidden()


RENEW = """() => {
    const renewed = document.querySelector("[hx-select-oob]");
    document.querySelector("#desk-tiles .db-queue-count").textContent = "old";
    return htmx.ajax("GET", "/", { source: renewed, swap: "none" }).catch(() => null);
}"""


def test_a_desk_renews_itself_unless_somebody_is_at_it(office: Callable[[View], Office]) -> None:
    """The numbers come anew from the page itself; whoever stands on one keeps the focus."""
    seat = office(DESKTOP).seat(PEOPLE[0])
    seat.page.goto("/")
    first = seat.page.locator("#desk-tiles .db-queue").first
    number = first.locator(".db-queue-count")
    shown = number.inner_text()
    seat.page.evaluate(RENEW)
    expect(number).to_have_text(shown)
    first.focus()
    seat.page.evaluate(RENEW)
    seat.page.wait_for_timeout(300)
    expect(number).to_have_text("old")
    expect(first).to_be_focused()
