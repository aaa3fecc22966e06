"""A person at a browser: signs in, opens what waits, fills what is visible, presses buttons.

Everything is found by what a person sees or hears: roles, labels, words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from portal.demo import DEMO_PASSWORD, sample
from tests.browser.chromium import Trouble, View, new_context, open_page
from tests.people import CSRF

DESK = re.compile("工作台|督办督查$")
"""The heading of a desk, or of a screen on a wall."""
Look = Callable[[Page, str], None]
"""What is done at every page that is met: the page, and what it is called."""


class Seat:
    """One person's browser. `kept` are the cookies of an earlier one."""

    def __init__(
        self, browser: Browser, address: str, view: View, look: Look, kept: Any = None
    ) -> None:
        self.view = view
        self.look = look
        self.trouble = Trouble(address)
        self.context = new_context(browser, address, view, kept)
        self.trouble.watch(self.context)
        self.page = open_page(self.context)

    def met(self, name: str) -> None:
        """Look at the present page."""
        self.look(self.page, name)

    def home(self) -> None:
        """By the seal at the top left."""
        self.press(self.page.get_by_role("banner").get_by_role("link", name="督办督查"))
        expect(self.page.get_by_role("heading", name="工作台", level=1)).to_be_visible()

    def sign_in(self, who: str) -> None:
        """By the demo's card, or typed in by who has none."""
        self.page.goto("/login")
        card = self.page.get_by_role("region", name="演示账号").get_by_role("link", name=who)
        if card.count():
            self.press(card)
            self.press(self.page.get_by_role("button", name="登录"))
        else:
            self.type_in(emp_no_of(who), DEMO_PASSWORD)
        expect(self.page.get_by_role("heading", name="工作台", level=1)).to_be_visible()

    def come_in(self, who: str) -> None:
        """Signed in by the same form, without its page being drawn: quicker, for those after the
        first of a walk."""
        found = CSRF.search(self.context.request.get("/login").text())
        assert found
        form = {"username": emp_no_of(who), "password": DEMO_PASSWORD, "csrf_token": found[1]}
        answer = self.context.request.post("/login", form=form, max_redirects=0)
        assert answer.status == 303, answer.status
        self.page.goto("/")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(DESK)

    def type_in(self, username: str, password: str) -> None:
        """Name and password by hand."""
        self.page.get_by_label("工号").fill(username)
        self.page.get_by_label("密码").fill(password)
        self.press(self.page.get_by_role("button", name="登录"))

    def sign_out(self) -> None:
        """From the menu behind the person's name."""
        self.press(self.page.get_by_role("banner").locator("summary"))
        self.press(self.page.get_by_role("button", name="退出登录"))
        expect(self.page.get_by_text("您已退出登录。")).to_be_visible()

    def open_waiting(self, title: str) -> None:
        """Through 待办 to the item with this title."""
        bar = "常用栏目" if self.view.touch else "主导航"
        link = self.page.get_by_role("navigation", name=bar)
        self.press(link.get_by_role("link", name=re.compile("待")))
        expect(self.page.get_by_role("heading", level=1)).to_have_text(re.compile("待"))
        self.press(self.page.get_by_role("main").get_by_role("link", name=title).first)
        expect(self.page.get_by_role("heading", name=title, level=1)).to_be_visible()

    def panel(self, name: str) -> Locator:
        """The region of an act."""
        return self.page.get_by_role("region", name=name, exact=True)

    def signs(self) -> bool:
        """Whether this is the page of one signature, with its answers on the bar."""
        return self.panel("签批").count() > 0

    def agree(self, *, at_once: bool = False) -> None:
        """同意 on the bar, once the sheet is there: signing makes another version of it."""
        if not at_once:
            self.page.wait_for_load_state("networkidle")
        self.press(self.panel("签批").get_by_role("button", name="同意", exact=True))

    def other(self, name: str) -> Locator:
        """Another answer of the bar, which asks its reason first; the panel it opens."""
        self.press(self.panel("签批").get_by_role("link", name=name, exact=True))
        panel = self.panel(name)
        expect(panel).to_be_visible()
        return panel

    def choice(self, name: str) -> Locator:
        """A second choice beside the main act, opened by its name."""
        summary = self.page.locator("summary").get_by_text(name, exact=True)
        closed = self.page.get_by_role("group").filter(has=summary)
        self.press(summary)
        expect(closed.get_by_role("button")).not_to_have_count(0)
        return closed

    def fill(self, where: Locator, typed: Mapping[str, str | bool]) -> None:
        """Fill fields by their labels: text is typed or chosen, True ticks or picks."""
        for label, value in typed.items():
            field = where.get_by_label(label, exact=True)
            if value is True:
                field.check()
            elif field.evaluate("field => field.matches('[role=combobox]')"):
                field.fill(str(value))
                field.press("Enter")
            elif field.and_(self.page.get_by_role("combobox")).count():
                field.select_option(label=str(value))
            else:
                field.fill(str(value))

    def press(self, target: Locator) -> None:
        """A tap on the phone, a click elsewhere."""
        if self.view.touch:
            target.tap()
        else:
            target.click()

    def expect_said(self, words: str) -> None:
        """The notice in the corner after an act."""
        expect(self.page.get_by_role("status")).to_contain_text(words)

    def words(self) -> str:
        """What the page's main part says, for reports of what went wrong."""
        return " ".join(self.page.get_by_role("main").inner_text().split())[:1500]

    def fetch_pdf(self, link: Locator) -> bytes:
        """What saving the link's target gives this person."""
        href = link.get_attribute("href")
        assert href is not None
        answer = self.context.request.get(href)
        assert answer.status == 200, (href, answer.status)
        assert answer.headers["content-type"] == "application/pdf"
        return answer.body()


class Office:
    """Several people, each at a browser of their own; who signed in before is not asked again."""

    def __init__(
        self, browser: Browser, address: str, view: View, look: Look, cookies: dict[str, Any]
    ) -> None:
        self.browser, self.address, self.view, self.look = browser, address, view, look
        self.cookies = cookies
        self.seats: dict[str, Seat] = {}

    def seat(self, who: str) -> Seat:
        """This person's browser, signed in and at a page with the frame."""
        if who not in self.seats:
            self.seats[who] = self._sit_down(who)
        return self.seats[who]

    def _sit_down(self, who: str) -> Seat:
        # The first of every walk signs in by hand; the others may bring their cookies.
        first = not self.seats
        kept = None if first else self.cookies.get(who)
        seat = self.nobody(kept)
        if kept is not None:
            seat.page.goto("/")
            return seat
        if first:
            seat.sign_in(who)
        else:
            seat.come_in(who)
        self.cookies[who] = seat.context.storage_state()
        return seat

    def nobody(self, kept: Any = None) -> Seat:
        """A browser without anybody signed in."""
        seat = Seat(self.browser, self.address, self.view, self.look, kept)
        self.seats.setdefault(f"nobody {len(self.seats)}", seat)
        return seat

    def close(self) -> None:
        """Close all; anything that went wrong in one of them fails the test."""
        found = []
        for seat in {id(seat): seat for seat in self.seats.values()}.values():
            seat.context.close()
            found += seat.trouble.found
        assert not found, "\n".join(found)


def emp_no_of(who: str) -> str:
    """工号 of a person of the sample college; an administrator's name is what he signs in with."""
    if who.isascii():
        return who
    return next(str(person["emp_no"]) for person in sample.people() if person["name"] == who)
