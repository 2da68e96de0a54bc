"""Deciding how an alert goes up: pure functions of a policy's copy and of what has been done so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alerts.levels import LEVELS, rank
from kit.zones import zone_of

DEFAULT_WAIT = timedelta(minutes=5)
AWAKE_HOURS = range(8, 22)
"""Local hours in which people count as awake."""
LAST: Mapping[str, Any] = {"targets": [{"admins": True}], "wait_minutes": 5}
"""The level behind every policy: it cannot be taken away."""
COVERING = ("running", "acknowledged", "reminding")
"""States of an escalation that pages, or has paged, for the brand's lesser alerts, too."""
QUIET_MINUTES = 30
"""After how long an acknowledgement that nothing follows counts as quiet, where a policy does not say."""


@dataclass(frozen=True)
class Level:
    """Whom to page together, and how long to wait for an acknowledgement before the next level."""

    targets: tuple[Mapping[str, Any], ...]
    """`{"schedule": id}`, `{"member": id}`, `{"department": id}` or `{"admins": true}`; with `"awake": true`
    only those of them for whom it is day."""
    wait: timedelta
    everyone: bool = False
    """Whether it takes everybody paged here to acknowledge, instead of one."""


@dataclass(frozen=True)
class Policy:
    """Levels from the first to the last, how often to begin again, and who comes after that."""

    levels: tuple[Level, ...]
    repeats: int
    last: Level | None = None
    """Paged once after all repeats, and after a round in which nobody could be reached."""
    began: int = 0
    """How many levels had been paged before this policy's first one."""

    @property
    def pages(self) -> int:
        """How many levels are paged in all, repeats and the last one included."""
        return len(self.levels) * (self.repeats + 1) + (self.last is not None)

    def level_of(self, step: int) -> Level | None:
        """The level that was paged as number `step` (from 1); None when there is none."""
        if not self.pages:
            return None
        place = (step - 1 - self.began) % self.pages
        if self.last is not None and place == self.pages - 1:
            return self.last
        return self.levels[place % len(self.levels)]


@dataclass(frozen=True)
class Other:
    """An alert of the same brand that has neither ended nor been closed, and its escalation's state."""

    alert_id: int
    level: str
    escalation: str | None
    state: str = "open"


def policy_of(snapshot: Mapping[str, Any]) -> Policy:
    """The policy as it was copied when the escalation started; a copy of an older version has no `last`."""
    last = snapshot.get("last")
    return Policy(
        tuple(_level(level) for level in snapshot["levels"]),
        max(0, int(snapshot.get("repeats", 0))),
        _level(last) if last else None,
        int(snapshot.get("began", 0)),
    )


def copied(policy: Mapping[str, Any], severity: str) -> dict[str, Any]:
    """What an escalation of this severity keeps of a policy: its levels, those `awake_first` spelled out.

    `all` keeps the levels of every severity, for an alert that gets worse later.
    """
    levels = list(policy["levels"])
    return {
        "name": policy.get("name", ""),
        "all": levels,
        "levels": [one for level in levels if severity in _severities(level) for one in _spelled(level)],
        "repeats": policy.get("repeats", 0),
        "quiet_minutes": policy.get("quiet_minutes", QUIET_MINUTES),
        "last": dict(LAST),
        "severity": severity,
        "began": policy.get("began", 0),
    }


def raised(snapshot: Mapping[str, Any], severity: str, step: int) -> dict[str, Any] | None:
    """The copy for an alert that has become worse after `step` levels; None when its levels stay the same."""
    if "all" not in snapshot:
        return None
    fresh = copied({**snapshot, "levels": snapshot["all"], "began": step}, severity)
    return fresh if fresh["levels"] != snapshot["levels"] else None


def plan(policy: Policy, step: int, *, reached: bool) -> Level | None:
    """The level to page when `step` levels have been paged before; None: everyone was, as often as agreed.

    The repeats count only when somebody was `reached` at all: until then it goes on round after round.
    """
    if not policy.pages or (reached and step - policy.began >= policy.pages):
        return None
    return policy.level_of(step + 1)


def round_ends(policy: Policy, step: int) -> bool:
    """Whether the level that was paged as number `step` (from 1) was the last of a round."""
    if not policy.levels or policy.level_of(step) is policy.last:
        return True
    return ((step - 1 - policy.began) % policy.pages + 1) % len(policy.levels) == 0


def joined_alert(level: str, others: Collection[Other]) -> int | None:
    """The alert whose escalation already covers a new one of this level; None: the new one pages.

    That is the worst alert of the brand whose escalation runs or was acknowledged, unless the new one is
    worse still.
    """
    covering = [other for other in others if other.escalation in COVERING]
    worst = max(covering, key=lambda other: (rank(other.level), -other.alert_id), default=None)
    return worst.alert_id if worst and rank(level) <= rank(worst.level) else None


def drop_reason(alert_state: str, escalation_state: str | None) -> str | None:
    """Why a page that is still due need not go out any more; None: it must.

    A page of an acknowledged alert that is being reminded of is the reminder.
    """
    if escalation_state == "reminding" and alert_state == "acknowledged":
        return None
    if alert_state == "acknowledged" or escalation_state == "acknowledged":
        return "The alert was acknowledged before this page went out."
    if alert_state == "closed" or escalation_state == "stopped":
        return "The alert was over before this page went out."
    return None


def is_awake(time_zone: str, now: datetime) -> bool:
    """Whether it is day for somebody there; where nobody knows, it is as in UTC."""
    return now.astimezone(zone_of(time_zone)).hour in AWAKE_HOURS


def quiet_for(snapshot: Mapping[str, Any]) -> timedelta | None:
    """After how long without anything done an acknowledgement counts as quiet; None: never."""
    minutes = snapshot.get("quiet_minutes", QUIET_MINUTES)
    return timedelta(minutes=float(minutes)) if minutes else None


def _level(level: Mapping[str, Any]) -> Level:
    targets = tuple(level.get("targets", ()))
    return Level(targets, _wait(level.get("wait_minutes")), bool(level.get("everyone", False)))


def _spelled(level: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The level; where those awake come first, they are a level of their own before it."""
    plain = {key: value for key, value in level.items() if key not in ("awake_first", "severities")}
    if level.get("awake_first"):
        yield {**plain, "everyone": False, "targets": list(_awake(level.get("targets", ())))}
    yield plain


def _awake(targets: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    return ({**target, "awake": True} for target in targets)


def _severities(level: Mapping[str, Any]) -> Collection[str]:
    return level.get("severities") or LEVELS


def _wait(minutes: Any) -> timedelta:
    return DEFAULT_WAIT if minutes is None else timedelta(minutes=max(0.0, float(minutes)))
