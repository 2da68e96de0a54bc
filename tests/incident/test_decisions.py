"""Against which decision somebody reads a statement."""

from __future__ import annotations

import pytest

from incident.decision import ResponseDecision
from incident.decisions import compared_with
from people.permissions import Viewer

HOUSE, AGENCY, RIVAL = 1, 2, 3


def reader(member_id: int, organisation_id: int = HOUSE) -> Viewer:
    role = "responder" if organisation_id == HOUSE else "partner"
    return Viewer(member_id, organisation_id, "", role, "en", "UTC")


def decided(version: int, by: int, on_desk_of: int | None = None) -> ResponseDecision:
    return ResponseDecision(version=version, decided_by=by, organisation_id=on_desk_of)


FIRST, SECOND, THIRD = 11, 12, 13
MADE = [decided(1, FIRST, AGENCY), decided(2, SECOND, RIVAL), decided(3, SECOND, AGENCY)]


@pytest.mark.parametrize(
    ("who", "state", "expected"),
    [
        (reader(FIRST), "submitted", 1),
        (reader(SECOND), "submitted", 3),
        (reader(THIRD), "submitted", 3),
        (reader(FIRST), "returned", 3),
        (reader(FIRST), "draft", 3),
        (reader(FIRST), "approved", 3),
        (reader(21, AGENCY), "draft", 3),
        (reader(21, AGENCY), "submitted", 3),
        (reader(31, RIVAL), "draft", None),
        (reader(31, RIVAL), "submitted", None),
    ],
)
def test_who_compares_with_which(who: Viewer, state: str, expected: int | None) -> None:
    found = compared_with(who, state, MADE)
    assert (found.version if found else None) == expected


@pytest.mark.parametrize("who", [reader(FIRST), reader(21, AGENCY)])
def test_before_the_first_decision_there_is_none(who: Viewer) -> None:
    assert compared_with(who, "submitted", []) is None


def test_an_agency_does_not_compare_with_what_stood_on_a_desk_of_the_house() -> None:
    assert compared_with(reader(21, AGENCY), "draft", [decided(1, FIRST)]) is None
