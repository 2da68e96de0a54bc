"""Owners, changes, diffs and the library: tables without a database."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from incident.types import CRISIS_TYPES
from kit.errors import Invalid
from runbooks.changes import checked, field_diffs, line_diff, same
from runbooks.library import LIBRARY
from runbooks.owners import OWNER_RULE, Available, Owner, owner_of
from runbooks.plan import Plan
from runbooks.runbook import StepPlan

ALL = Available(lead_id=1, on_call_id=2, partner_id=30, named={4: None, 5: 31})
NOBODY = Available()
LEAD = Available(lead_id=1)


@pytest.mark.parametrize(
    ("rule", "available", "owner", "told"),
    [
        ("lead", ALL, Owner(1), False),
        ("lead", NOBODY, Owner(), False),
        ("on_call", ALL, Owner(2), False),
        ("on_call", LEAD, Owner(1), True),
        ("on_call", NOBODY, Owner(), True),
        ("partner", ALL, Owner(None, 30), False),
        ("partner", LEAD, Owner(1), True),
        ("partner", NOBODY, Owner(), True),
        ("member:4", ALL, Owner(4), False),
        ("member:5", ALL, Owner(5, 31), False),
        ("member:6", ALL, Owner(1), True),
        ("member:4", NOBODY, Owner(), True),
    ],
)
def test_who_owns_a_step(rule: str, available: Available, owner: Owner, told: bool) -> None:
    found = owner_of(rule, available)
    assert (found.member_id, found.organisation_id) == (owner.member_id, owner.organisation_id)
    assert (found.why is not None) == told


@pytest.mark.parametrize(
    ("rule", "fine"),
    [("lead", 1), ("on_call", 1), ("partner", 1), ("member:7", 1), ("member:0", 0), ("member:", 0),
     ("member:-1", 0), ("member:" + "9" * 30, 0), ("Lead", 0), ("lead\n", 0), ("", 0), ("agency", 0)],
)  # fmt: skip
def test_what_an_owner_may_be(rule: str, fine: int) -> None:
    assert bool(OWNER_RULE.fullmatch(rule)) == bool(fine)


def plan(**given: Any) -> StepPlan:
    values = {
        "key": "hold", "position": 3, "title": "Holding statement", "body": "Draft.\nTranslate.",
        "kind": "task", "owner": "lead", "due_minutes": 30, "needs_approval": False, "lesson_id": None,
    }  # fmt: skip
    return StepPlan(**values | given)


def test_only_real_changes_stay() -> None:
    given = {"title": " Holding statement ", "due_minutes": 20, "owner": None, "needs_approval": True}
    assert checked(given, plan()) == {"due_minutes": 20, "needs_approval": True}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "changes"),
        ({"title": None}, "changes"),
        ({"title": "Holding statement"}, "changes"),
        ({"key": "other"}, "key"),
        ({"kind": "statement"}, "kind"),
        ({"position": 1}, "position"),
        ({"lesson_id": 1}, "lesson_id"),
        ({"version_id": 1}, "version_id"),
        ({"title": "  "}, "title"),
        ({"title": 3}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"body": ""}, "body"),
        ({"body": "x\n" * 300}, "body"),
        ({"body": "a\x00"}, "body"),
        ({"due_minutes": -1}, "due_minutes"),
        ({"due_minutes": 10**9}, "due_minutes"),
        ({"due_minutes": True}, "due_minutes"),
        ({"due_minutes": "20"}, "due_minutes"),
        ({"due_minutes": 20.5}, "due_minutes"),
        ({"needs_approval": 1}, "needs_approval"),
        ({"needs_approval": "yes"}, "needs_approval"),
        ({"owner": "member:x"}, "owner"),
        ({"owner": 7}, "owner"),
    ],
)
def test_malformed_changes_name_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as raised:
        checked(changes, plan())
    assert raised.value.field == field


def test_a_diff_shows_fields_in_order_and_lines() -> None:
    changes = {"needs_approval": True, "due_minutes": 20, "body": "Draft.\nAsk the port.\nTranslate."}
    diffs = field_diffs(plan(), changes)
    assert [(one.field, one.before, one.after) for one in diffs][1:] == [
        ("due_minutes", "30", "20"),
        ("needs_approval", "no", "yes"),
    ]
    assert diffs[0].lines == ["  Draft.", "+ Ask the port.", "  Translate."]
    assert diffs[1].lines == ["- 30", "+ 20"]


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ([], [], []),
        (["a"], [], ["- a"]),
        ([], ["a"], ["+ a"]),
        (["a", "b"], ["a", "c"], ["  a", "- b", "+ c"]),
        (["+ a"], ["- a"], ["- + a", "+ - a"]),
    ],
)
def test_line_diffs(before: list[str], after: list[str], lines: list[str]) -> None:
    assert line_diff(before, after) == lines


def test_a_hostile_body_is_compared_in_no_time() -> None:
    begin = time.process_time()
    line_diff(["x"] * 200, ["x", "y"] * 100)
    assert time.process_time() - begin < 1


@pytest.mark.parametrize(
    ("given", "equal"),
    [
        ({}, True),
        ({"position": 9, "lesson_id": 4}, True),
        ({"title": "Other"}, False),
        ({"body": "Other"}, False),
        ({"kind": "statement"}, False),
        ({"owner": "partner"}, False),
        ({"due_minutes": 31}, False),
        ({"needs_approval": True}, False),
    ],
)
def test_when_two_editions_of_a_step_are_the_same(given: dict[str, Any], equal: bool) -> None:
    assert same(plan(), plan(**given)) == equal


@pytest.mark.parametrize("book", LIBRARY, ids=lambda book: book.slug)
def test_every_runbook_of_the_library_is_sound(book: Plan) -> None:
    assert book.crisis_type in CRISIS_TYPES
    assert re.fullmatch(r"[a-z-]+", book.slug)
    assert 8 <= len(book.steps) <= 10
    assert len({step.key for step in book.steps}) == len(book.steps)
    minutes = [step.minutes for step in book.steps]
    assert minutes == sorted(minutes), "steps stand in the order of their deadlines"
    assert {5, 15, 30, 60} <= set(minutes), "the first hour"
    assert minutes[-1] >= 24 * 60, "and what comes after"
    for step in book.steps:
        assert OWNER_RULE.fullmatch(step.owner)
        assert step.kind in ("task", "statement")
        assert len(step.title) <= 60
        assert len(step.body) >= 80
        assert step.kind == "task" or step.needs_approval, "no statement leaves without approval"


@pytest.mark.parametrize("book", LIBRARY, ids=lambda book: book.slug)
def test_the_agency_rule(book: Plan) -> None:
    """It drafts and translates; it publishes nothing. After an accident it only translates."""
    partners = [step for step in book.steps if step.owner == "partner"]
    assert partners
    assert all(step.kind == "statement" for step in partners)
    words = " ".join(f"{step.title} {step.body}" for step in partners)
    if book.crisis_type == "accident":
        assert [step.key for step in partners] == ["translations"]
        assert "Translation only" in words
    else:
        assert "Draft" in words
        assert "French" in words


def test_there_is_one_runbook_per_crisis_type() -> None:
    assert {book.crisis_type for book in LIBRARY} == set(CRISIS_TYPES)
    assert len(LIBRARY) == len(CRISIS_TYPES)
