"""Which tab of the main menu is marked: on every page exactly one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from web.render import render
from web.routes import PAGES
from web.visit import Audience

MARKED = re.compile(r'<a href="([^"]+)" aria-current="page">')
OF_THE_HOUSE = [
    path for path, _, audience in PAGES if audience is not Audience.ANYONE and "/parts/" not in path
]


def _marked(path: str, role: str = "admin", *, is_partner: bool = False) -> tuple[list[str], bool]:
    """The tabs that are marked, and whether "More" is."""
    viewer = SimpleNamespace(role=role, is_partner=is_partner, name="Helen")
    page = render(
        "layout.html",
        "en",
        now=datetime(2026, 3, 10, tzinfo=UTC),
        built=SimpleNamespace(style="", script=""),
        viewer=viewer,
        path=re.sub(r"\{\w+\}", "1", path),
        form_token="",
        loud=[],
        refusal=None,
    )
    return MARKED.findall(page), "data-here" in page


@pytest.mark.parametrize("path", OF_THE_HOUSE)
def test_every_page_stands_under_one_tab(path: str) -> None:
    tabs, _ = _marked(path)
    assert len(tabs) == 1


@pytest.mark.parametrize(
    ("path", "tab", "in_more"),
    [
        ("/", "/", False),
        ("/alerts/1", "/", False),
        ("/cases/1", "/inbox", False),
        ("/steps/1", "/desk", False),
        ("/mentions/new", "/mentions", False),
        ("/routes/new", "/departments", True),
        ("/imports/1", "/sources", True),
        ("/brands/1/voices", "/monitors", True),
        ("/digests/1", "/me", True),
        ("/monitors/1/drivers", "/monitors", True),
    ],
)
def test_what_has_no_tab_of_its_own_marks_the_one_it_is_reached_by(
    path: str, tab: str, *, in_more: bool
) -> None:
    assert _marked(path) == ([tab], in_more)


def test_a_partners_step_stands_under_their_steps() -> None:
    assert _marked("/steps/1", "partner", is_partner=True) == (["/desk"], False)
