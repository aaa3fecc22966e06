"""The pages besides an item's own, and whose eyes they are met with."""

from __future__ import annotations

STRANGERS_PAGES = {"login": "/login", "login-filled": "/login?username=20100013"}
"""Open to somebody who is not signed in."""

MISSING = "missing"
PAGES = {
    "home": "/",
    "todo": "/todo",
    "ledger": "/ledger",
    "ledger-narrowed": "/ledger?state=running&light=red&q=%E6%B2%A1%E6%9C%89",
    "month": "/month",
    "stats": "/stats?term=year",
    "indicators": "/reports/indicators?term=year",
    "indicators-of-units": "/reports/indicators?term=year&by=unit",
    "as-of": "/reports/as-of",
    "question": "/items/new",
    "secret": "/items/new?secret=yes",
    "form": "/items/new?secret=no",
    "templates": "/templates",
    "template": "/templates/new",
    "batches": "/batches",
    "batch-paper": "/batches/new?secret=no",
    "scans": "/scans",
    "delegations": "/delegations",
    "urges": "/urges",
    "inspections": "/inspections",
    "transfers": "/archives/transfers",
    "inspections-new": "/inspections/new?unit=BWC",
    "waiting": "/waiting",
    "list": "/queues/due",
    "help": "/help",
    "burden": "/burden",
    "reports-due": "/reports-due",
    "papers": "/papers",
    "paper-month": "/papers/monthly",
    "group-notices": "/group-notices?unit=BWC",
    "number-register": "/numbers",
    "number-history": "/numbers/history",
    "rulebook": "/help/rulebook",
    "rules": "/help/rules",
    "returned": "/typed/returned?place=/items",
    "search": "/search?q=bao",
    "reports": "/reports",
    "circulars": "/reports/circulars",
    "circular": "/reports/circulars/new",
    "messages": "/messages?view=all",
    "message-choices": "/account/messages",
    "password": "/account/password",
    "signature": "/account/signature",
    "sessions": "/account/sessions",
    MISSING: "/items/00000000-0000-4000-8000-000000000000",
}
"""Name and address, for a person of the office; leaders and units meet the first three."""

PEOPLE = ("何玉萍", "向维岷", "邓涛")
"""党政办, 校领导, a unit's 承办人: the frame differs for each."""
DESKS = ("坤建军", "sysadmin01", "secadmin01", "auditor01", "daping01")
"""Whose desk is met besides: a unit's head, the administrators, a screen on a wall."""
HANDLES = "毛明军"
"""组织人事部: whose eyes the pages of 问责 are met with."""
OF_CASES = {"accountability": "/accountability", "evaluation": "/accountability/evaluation"}
_SHORT = ("home", "todo", "ledger")


def pages_of(who: str) -> dict[str, str]:
    """Name and address of the pages this person meets."""
    if who in DESKS:
        return {"home": "/"}
    if who == HANDLES:
        return OF_CASES
    return {name: at for name, at in PAGES.items() if who == PEOPLE[0] or name in _SHORT}
