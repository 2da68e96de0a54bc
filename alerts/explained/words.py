"""A claim that was computed again, in plain sentences (in other languages: `alerts.explained.phrases`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alerts.claims import Made
from alerts.detection.evidence import SHARED
from alerts.detection.severity import ARRIVING
from alerts.explained.replay import Again
from alerts.judging.notable import HELD_MINUTES
from mentions.counting.counts import moment_of

FORMULAE = {
    "volume": "score = (x ln(x/m) - (x - m)) / d",
    "negative": "score = min((x ln(x/m) - (x - m)) / d, 2 n KL(x/n || p))",
    "terms": "m = n p, score = x ln(x/m) - (x - m) - ln(words)",
    "notable": f"x = sum of notable, {HELD_MINUTES} min",
}
"""Of a signal that goes by its count, of one by its share, too, of new words, of voices that weigh
(docs/detection.md)."""


def steps(claims: Sequence[Made], number: int) -> list[str]:
    """Which alert it is; of one that rose, its claims with the one that is explained marked."""
    titled = f"Alert {claims[0].alert.id}: {claims[number - 1].title}"
    if len(claims) == 1:
        return [titled]
    shown = [
        f"{'>' if one.number == number else ' '} claim {one.number}, {one.level}, {one.at:%Y-%m-%dT%H:%MZ}:"
        f" {one.evidence.get('reason') or one.title}"
        for one in claims
    ]
    return [titled, *shown]


def sentences(found: Again) -> list[str]:
    """What was claimed, how it follows, and whether the same comes out of the stored minutes."""
    reason = [str(found.claim.evidence.get("reason") or "")]
    if found.same:
        return [*filter(None, reason), *derivation(found), *outcome(found)]
    verdict = "Cannot be recomputed" if found.state == "impossible" else "Not the same"
    return [
        *filter(None, reason),
        *derivation(found),
        *(f"{verdict}: {why}" for why in found.why),
        *outcome(found),
        *(f"  {name}: claimed {then!r}, now {now!r}" for name, (then, now) in found.differing.items()),
    ]


def derivation(found: Again) -> list[str]:
    """How the claim follows from its figures."""
    claimed = found.claim.evidence
    if "thresholds" in claimed:
        lines = [*_figures(claimed), _history(claimed), *_newcomers(claimed), *_unheard(claimed)]
        return [*lines, _needed(claimed), *_level(claimed), *_drivers(claimed)]
    if claimed.get("kind") == "notable":
        lines = [_observed(claimed), f"{formula_of(claimed)}.", *_unheard(claimed)]
        return [*lines, *_level(claimed), *_drivers(claimed)]
    return []


def outcome(found: Again) -> list[str]:
    """From what the same was computed, where it was; and what else is to be known of it."""
    if not found.same:
        return list(found.notes)
    memory = ", from the state that was put aside then" if found.from_memory else ""
    stored = "mentions" if found.claim.signal in ARRIVING else "minutes"
    what = f"the stored {stored} since {at(found.first)}{memory}"
    if found.from_numbers:
        what = "the numbers that were kept with it"
    same = f"Recomputed from {what}: the same to the digit."
    if found.further:
        same += f" It begins there, and no earlier: {' '.join(found.further)}"
    return [same, *found.notes]


def formula_of(claimed: Mapping[str, Any]) -> str:
    """The formula behind the claim, with its version."""
    by_share = claimed.get("whole", 0) and claimed.get("usual_share", 0)
    own, kind = claimed.get("kind"), "negative" if by_share else "volume"
    return f"{FORMULAE[own if own in ('terms', 'notable') else kind]}   [{claimed.get('formula', '')}]"


def _figures(claimed: Mapping[str, Any]) -> list[str]:
    lines = [
        _observed(claimed),
        f"Expected m = {claimed['expected']!r}, spread {claimed['spread']!r}, dispersion d = "
        f"{claimed['dispersion']!r}, ratio x/m = {claimed['ratio']!r}.",
    ]
    if claimed["whole"]:
        lines.append(f"Of n = {claimed['whole']!r}; usual share p = {claimed['usual_share']!r}.")
    if looked_at := claimed.get("arrived", {}).get("words"):
        lines.append(f"Words looked at: {looked_at}.")
    return [*lines, f"{formula_of(claimed)} = {claimed['score']!r} nats."]


def _observed(claimed: Mapping[str, Any]) -> str:
    since = at(claimed["since"])
    return f"Observed x = {claimed['observed']!r} in {claimed['window_minutes']} min since {since}."


def _history(claimed: Mapping[str, Any]) -> str:
    days = claimed["history_minutes"] / 1440
    return f"Compared with {days:.1f} days of minutes: {claimed['state']}."


def _newcomers(claimed: Mapping[str, Any]) -> list[str]:
    """What sources said that were too new to be compared."""
    return [
        f"Put aside: {one['mentions']} mentions of {one['source']},"
        f" which began at {one['heard_since'][:16]}Z."
        for one in claimed.get("newcomers", [])
    ]


def _unheard(claimed: Mapping[str, Any]) -> list[str]:
    """Which sources were out when it was told."""
    return [
        f"Without {one['source']}, {one['state']} since {one['since'][:16]}Z: usually {one['share']:.0%} of"
        " what is said."
        for one in claimed.get("silent_sources", [])
    ]


def _needed(claimed: Mapping[str, Any]) -> str:
    """The thresholds of this claim, as the detector asked for them: of harm, and on the first day, others."""
    needed, kind = claimed["thresholds"], claimed["kind"]
    score, floor = ("harm_score", "harm_floor") if kind == "harm" else ("score", "floor")
    surer = needed["cold_factor"] if claimed["cold"] and kind != "harm" else 1.0
    ratio = needed["ratio"] * (needed["cold_ratio"] if claimed["cold"] else 1.0)
    if claimed["cold"] and kind in SHARED:
        ratio = needed["cold_factor"]
    return f"Needed: score {surer * needed[score]:g}, ratio {ratio:g}, mentions {needed[floor]:g}."


def _level(claimed: Mapping[str, Any]) -> list[str]:
    if "severity" not in claimed:
        return []
    count = claimed["severity"].get("points", 0)
    return [f"Level {claimed['level']}: {count} point{'' if count == 1 else 's'} of severity."]


def _drivers(claimed: Mapping[str, Any]) -> list[str]:
    terms = [str(one["term"]) for one in claimed.get("drivers", {}).get("terms", [])[:5]]
    return [f"About: {', '.join(terms)}."] if terms else []


def told(found: Again) -> dict[str, Any]:
    """Ready for JSON."""
    return {
        "alert": found.claim.alert.id,
        "claim": found.claim.number,
        "at": found.claim.at.isoformat(),
        "title": found.claim.title,
        "same": found.same,
        "state": found.state,
        "why": list(found.why),
        "further": list(found.further),
        "changed_minutes": [at(minute) for minute in found.changed],
        "formula": formula_of(found.claim.evidence),
        "computed_from": at(found.first) if found.first else None,
        "from_memory": found.from_memory,
        "from_numbers": found.from_numbers,
        "notes": list(found.notes),
        "claimed": {name: value for name, value in found.claim.evidence.items() if name != "drivers"},
        "computed": found.computed,
        "drivers": found.claim.evidence.get("drivers", {}),
    }


def at(minute: int) -> str:
    """Minutes since 1970 as ISO 8601 in UTC."""
    return moment_of(minute).strftime("%Y-%m-%dT%H:%MZ")
