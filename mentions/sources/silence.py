"""Why a source was called silent or failing: what was known is kept, and judged again from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from mentions.sources.health import (
    GRACE,
    KNOWN_AFTER,
    SHORTEST,
    TWICE,
    UNASKED,
    Health,
    Seen,
    judge,
    longest_usual,
)

FORMULA = "silence-1"
MOST = 10
"""Judgements that are kept of an outage that changes between silent and failing."""
NOTHING_KEPT = "Nothing was kept with this outage: an older version of Tocsin noticed it."


def evidence(seen: Seen, usual: Mapping[int, float], health: Health, now: datetime) -> dict[str, Any]:
    """What was judged and what came out, ready for JSON; gaps in seconds, the rhythm by slot of the week."""
    return {
        "formula": FORMULA,
        "at": now.isoformat(),
        "seen": {name: _plain(value) for name, value in asdict(seen).items()},
        "usual": {str(slot): gap for slot, gap in usual.items()},
        **_told(health),
    }


@dataclass(frozen=True)
class Again:
    """A judgement beside what comes out of the same now."""

    claimed: Mapping[str, Any]
    computed: dict[str, Any] | None
    """None: another formula."""

    @property
    def differing(self) -> dict[str, tuple[Any, Any]]:
        """Everything that differs: claimed, computed."""
        found = self.computed or {}
        return {name: (self.claimed[name], now) for name, now in found.items() if self.claimed[name] != now}


def again(claimed: Mapping[str, Any]) -> Again:
    """Judge again what was kept."""
    if claimed["formula"] != FORMULA:
        return Again(claimed, None)
    return Again(claimed, _told(judge(_seen(claimed), _usual(claimed), _moment(claimed["at"]))))


def state_of(judged: Sequence[Mapping[str, Any]]) -> str:
    """`same` to the last digit, `differs`, or `impossible`: of all the judgements of an outage."""
    found = [again(one) for one in judged]
    if not found or any(one.computed is None for one in found):
        return "impossible"
    return "differs" if any(one.differing for one in found) else "same"


def sentences(judged: Sequence[Mapping[str, Any]]) -> list[str]:
    """What was judged, how it follows, and whether the same comes out, in English (`wording.TROUBLES`)."""
    return [line for one in judged for line in _sentences(again(one))] or [NOTHING_KEPT]


def _sentences(found: Again) -> list[str]:
    if found.computed is None:
        return [
            f"It was judged by formula {found.claimed['formula']}; this version of Tocsin judges by"
            f" {FORMULA}."
        ]
    differing = [f"{name}: claimed {then}, now {now}" for name, (then, now) in found.differing.items()]
    verdict = [f"Not the same: {line}" for line in differing]
    why = _failing(found.claimed) if found.claimed["state"] == "failing" else _silent(found.claimed)
    return [*why, *(verdict or [f"Judged again from these figures ({FORMULA}): the same to the digit."])]


def _silent(claimed: Mapping[str, Any]) -> list[str]:
    seen, since, at = claimed["seen"], claimed["since"], claimed["at"]
    gap = _seconds(_moment(at) - _moment(since))
    began = "The last item came at" if since == seen["last_received_at"] else "It was switched on at"
    return [
        f"{began} {_shown(since)}; at {_shown(at)} nothing had come for {gap} s.",
        _allowed(claimed),
    ]


def _allowed(claimed: Mapping[str, Any]) -> str:
    """How long nothing may come, and where that is from."""
    allowed, usual = claimed["allowed"], _usual(claimed)
    if claimed["seen"]["expected"] is not None:
        return f"People set that nothing may come for {allowed} s."
    if len(usual) < KNOWN_AFTER:
        return (
            f"Its rhythm is known of {len(usual)} hours of the week, too few to go by"
            f" ({KNOWN_AFTER}): nothing may"
            f" come for {allowed} s."
        )
    longest = longest_usual(usual, _moment(claimed["at"]))
    return (
        f"Its rhythm is known of {len(usual)} hours of the week: at this hour the longest usual gap"
        f" is {longest} s."
        f" Nothing may come for {TWICE:g} times that, and {SHORTEST.total_seconds():g} s at least:"
        f" {allowed} s."
    )


def _failing(claimed: Mapping[str, Any]) -> list[str]:
    seen, since, at = claimed["seen"], claimed["since"], claimed["at"]
    if since == seen["failing_since"]:
        grace = f"{GRACE.total_seconds():g}"
        return [
            f"It had failed since {_shown(since)} when it was judged at {_shown(at)}; {grace} s are borne."
        ]
    return [
        f"It was asked at {_shown(seen['last_tried_at'])}, is asked every {seen['every']} s, and"
        " nobody had asked it"
        f" {UNASKED.total_seconds():g} s after that at {_shown(at)}."
    ]


def _told(health: Health) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(health).items()}


def _seen(claimed: Mapping[str, Any]) -> Seen:
    lasting, times = (
        ("every", "expected"),
        (name for name in claimed["seen"] if name.endswith(("_at", "_since"))),
    )
    read = {**claimed["seen"]}
    for name in lasting:
        read[name] = None if read[name] is None else timedelta(seconds=read[name])
    for name in times:
        read[name] = None if read[name] is None else _moment(read[name])
    return Seen(**read)


def _usual(claimed: Mapping[str, Any]) -> dict[int, float]:
    return {int(slot): gap for slot, gap in claimed["usual"].items()}


def _plain(value: Any) -> Any:
    if isinstance(value, timedelta):
        return _seconds(value)
    return value.isoformat() if isinstance(value, datetime) else value


def _seconds(length: timedelta) -> float:
    return length.total_seconds()


def _moment(told: str) -> datetime:
    return datetime.fromisoformat(told)


def _shown(told: str) -> str:
    return _moment(told).strftime("%Y-%m-%dT%H:%M:%SZ")
