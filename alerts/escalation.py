"""Deciding how an alert goes up: pure functions of a policy's copy and of what has been done so far."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

DEFAULT_WAIT = timedelta(minutes=5)
LEVELS = ("green", "amber", "red")


@dataclass(frozen=True)
class Level:
    """Whom to page together, and how long to wait for an acknowledgement before the next level."""

    targets: tuple[Mapping[str, Any], ...]
    """`{"schedule": id}` or `{"member": id}`."""
    wait: timedelta


@dataclass(frozen=True)
class Policy:
    """Levels from the first to the last, and how often to begin again after the last."""

    levels: tuple[Level, ...]
    repeats: int

    @property
    def pages(self) -> int:
        """How many levels are paged in all, repeats included."""
        return len(self.levels) * (self.repeats + 1)


@dataclass(frozen=True)
class Other:
    """An alert of the same brand that has neither ended nor been closed, and its escalation's state."""

    alert_id: int
    level: str
    escalation: str | None
    state: str = "open"


def policy_of(snapshot: Mapping[str, Any]) -> Policy:
    """The policy as it was copied when the alert opened."""
    levels = [
        Level(tuple(level.get("targets", ())), _wait(level.get("wait_minutes")))
        for level in snapshot["levels"]
    ]
    return Policy(tuple(levels), max(0, int(snapshot.get("repeats", 0))))


def plan(policy: Policy, step: int, *, reached: bool) -> Level | None:
    """The level to page when `step` levels have been paged before; None: everyone was, as often as agreed.

    The repeats count only when somebody was `reached` at all: until then it goes on round after round.
    """
    if not policy.levels or (reached and step >= policy.pages):
        return None
    return policy.levels[step % len(policy.levels)]


def round_ends(policy: Policy, step: int) -> bool:
    """Whether the level that was paged as number `step` (from 1) was the last of the policy."""
    return not policy.levels or step % len(policy.levels) == 0


def joined_alert(level: str, others: Collection[Other]) -> int | None:
    """The alert whose escalation already covers a new one of this level; None: the new one pages.

    That is the worst alert of the brand whose escalation runs or was acknowledged, unless the new one is
    worse still.
    """
    covering = [other for other in others if other.escalation in ("running", "acknowledged")]
    worst = max(covering, key=lambda other: (rank(other.level), -other.alert_id), default=None)
    return worst.alert_id if worst and rank(level) <= rank(worst.level) else None


def rank(level: str) -> int:
    """0 green, 1 amber, 2 red."""
    return LEVELS.index(level)


def drop_reason(alert_state: str, escalation_state: str | None) -> str | None:
    """Why a page that is still due need not go out any more; None: it must."""
    if alert_state == "acknowledged" or escalation_state == "acknowledged":
        return "The alert was acknowledged before this page went out."
    if alert_state == "closed" or escalation_state == "stopped":
        return "The alert was over before this page went out."
    return None


def _wait(minutes: Any) -> timedelta:
    return DEFAULT_WAIT if minutes is None else timedelta(minutes=max(0.0, float(minutes)))
