"""The state machines, each with all its combinations."""

from __future__ import annotations

from itertools import product

import pytest

from incident.states import DECIDE, INCIDENT, RESPONSE, WRITE, may_act_on_response

STATES = ("draft", "submitted", "returned", "approved", "published")
ACTIONS = ("edit", "submit", "approve", "return", "publish")
ROLES = ("admin", "responder", "executive", "partner")
LEADS_TO = {
    ("draft", "edit"): "draft",
    ("draft", "submit"): "submitted",
    ("submitted", "approve"): "approved",
    ("submitted", "return"): "returned",
    ("returned", "edit"): "draft",
    ("returned", "submit"): "submitted",
    ("approved", "publish"): "published",
    ("approved", "return"): "returned",
}


@pytest.mark.parametrize(("state", "action"), list(product(STATES, ACTIONS)))
def test_where_each_action_leads_a_statement(state: str, action: str) -> None:
    assert RESPONSE.get((state, action)) == LEADS_TO.get((state, action))


def test_no_other_states_or_actions_exist() -> None:
    assert {state for state, _ in RESPONSE} | set(RESPONSE.values()) == set(STATES)
    assert {action for _, action in RESPONSE} == set(ACTIONS) == WRITE | DECIDE


@pytest.mark.parametrize(("role", "action"), list(product(ROLES, ACTIONS)))
def test_who_may_do_what_to_a_statement(role: str, action: str) -> None:
    house = role in ("admin", "responder")
    assert may_act_on_response(role, action) == (
        house or (role == "partner" and action in ("edit", "submit"))
    )


def test_nobody_may_do_what_is_not_an_action() -> None:
    assert not any(may_act_on_response(role, "burn") for role in ROLES)


@pytest.mark.parametrize(
    ("state", "action"), list(product(("open", "resolved", "closed"), ("resolve", "close")))
)
def test_an_incident_goes_one_way(state: str, action: str) -> None:
    expected = {("open", "resolve"): "resolved", ("resolved", "close"): "closed"}
    assert INCIDENT.get((state, action)) == expected.get((state, action))
