"""The rules of going up, as tables."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.escalation import Other, drop_reason, joined_alert, plan, policy_of, round_ends

POLICY = policy_of(
    {
        "levels": [
            {"targets": [{"member": 1}], "wait_minutes": 5},
            {"targets": [{"member": 2}]},
            {"targets": [{"member": 3}], "wait_minutes": 0.5},
        ],
        "repeats": 1,
    }
)


@pytest.mark.parametrize(
    ("step", "reached", "member"),
    [
        (0, False, 1),
        (1, False, 2),
        (2, True, 3),
        (3, True, 1),
        (5, True, 3),
        (6, True, None),
        (6, False, 1),
        (99, False, 1),
    ],
)
def test_which_level_comes_next(step: int, reached: bool, member: int | None) -> None:
    level = plan(POLICY, step, reached=reached)
    assert (level and level.targets[0]["member"]) == member


def test_waits_are_minutes_with_five_where_nothing_is_said() -> None:
    assert [level.wait for level in POLICY.levels] == [timedelta(minutes=m) for m in (5, 5, 0.5)]


def test_a_policy_without_levels_has_nothing_to_page_and_every_step_ends_a_round() -> None:
    nothing = policy_of({"levels": [], "repeats": 3})
    assert plan(nothing, 0, reached=False) is None
    assert round_ends(nothing, 1)


@pytest.mark.parametrize(("step", "ends"), [(1, False), (2, False), (3, True), (4, False), (6, True)])
def test_where_a_round_ends(step: int, ends: bool) -> None:
    assert round_ends(POLICY, step) is ends


@pytest.mark.parametrize(
    ("level", "others", "joins"),
    [
        ("amber", [], None),
        ("amber", [Other(1, "amber", "running")], 1),
        ("amber", [Other(1, "amber", "acknowledged")], 1),
        ("amber", [Other(1, "amber", None)], None),
        ("amber", [Other(1, "red", "exhausted"), Other(2, "red", "stopped")], None),
        ("red", [Other(1, "amber", "running")], None),
        ("amber", [Other(1, "amber", "running"), Other(2, "red", "running")], 2),
        ("green", [Other(3, "amber", "running"), Other(2, "amber", "running")], 2),
    ],
)
def test_whom_a_new_alert_joins(level: str, others: list[Other], joins: int | None) -> None:
    assert joined_alert(level, others) == joins


@pytest.mark.parametrize(
    ("alert", "escalation", "dropped"),
    [
        ("open", "running", False),
        ("open", "exhausted", False),
        ("open", None, False),
        ("acknowledged", "acknowledged", True),
        ("open", "acknowledged", True),
        ("open", "stopped", True),
        ("closed", "running", True),
    ],
)
def test_which_pages_need_not_go_out(alert: str, escalation: str | None, dropped: bool) -> None:
    assert (drop_reason(alert, escalation) is not None) is dropped
