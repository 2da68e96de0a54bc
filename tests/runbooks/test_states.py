"""What may be done to a step: every kind, state, action and role."""

from __future__ import annotations

from itertools import product

import pytest

from runbooks.states import OPEN, PARTNER_ACTIONS, STATEMENT, TASK, may, next_state

STATES = ("todo", "awaiting_approval", "done", "skipped")
ACTIONS = (
    "complete", "complete_for_approval", "approve", "return", "skip", "reassign", "write",
    "submit", "publish", "ask",
)  # fmt: skip
BOTH = {
    ("todo", "skip"): "skipped",
    ("todo", "reassign"): "todo",
    ("awaiting_approval", "skip"): "skipped",
    ("awaiting_approval", "reassign"): "awaiting_approval",
    ("awaiting_approval", "return"): "todo",
    ("todo", "ask"): "todo",
    ("awaiting_approval", "ask"): "awaiting_approval",
}
LEADS_TO = {
    "task": BOTH
    | {
        ("todo", "complete"): "done",
        ("todo", "complete_for_approval"): "awaiting_approval",
        ("awaiting_approval", "approve"): "done",
    },
    "statement": BOTH
    | {
        ("todo", "write"): "todo",
        ("todo", "submit"): "awaiting_approval",
        ("awaiting_approval", "approve"): "awaiting_approval",
        ("awaiting_approval", "publish"): "done",
    },
}


@pytest.mark.parametrize(("kind", "state", "action"), list(product(LEADS_TO, STATES, ACTIONS)))
def test_where_each_action_leads(kind: str, state: str, action: str) -> None:
    assert next_state(kind, state, action) == LEADS_TO[kind].get((state, action))


def test_the_tables_know_no_other_states_and_actions() -> None:
    for table in (TASK, STATEMENT):
        assert {state for state, _ in table} == set(OPEN)
        assert set(table.values()) <= set(STATES)
        assert {action for _, action in table} <= set(ACTIONS)


@pytest.mark.parametrize(
    ("role", "action"), list(product(("admin", "responder", "executive", "partner"), ACTIONS))
)
def test_who_may(role: str, action: str) -> None:
    mine = {"complete", "complete_for_approval", "write", "submit", "ask"}
    assert may(role, action) == (role in ("admin", "responder") or (role == "partner" and action in mine))


def test_a_partner_never_decides() -> None:
    assert not PARTNER_ACTIONS & {"approve", "return", "publish", "skip", "reassign"}
