"""The final shifts of a plan between two instants.

The time is cut wherever anything begins or ends; in each piece one rule (`_decided`) names the people.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from people.rota.plan import Absence, Layer, Override, Plan
from people.rota.rotation import Turn, turns
from people.rota.windows import Span, open_spans, united


@dataclass(frozen=True)
class Stretch:
    """A time in which nothing changes, from `starts_at` until just before `ends_at` (UTC)."""

    starts_at: datetime
    ends_at: datetime
    on_call: tuple[int, ...]
    """Member ids: the one of the layer that has it first, then those who were added."""
    planned: bool
    """Whether anybody was meant to be on call: without it, nobody on call is no gap."""
    away: tuple[int, ...] = ()
    """Who would be on call before anybody else, but is absent."""
    origin: str = ""
    """The turn or override that it comes from: stretches of one turn have the same."""

    @property
    def is_gap(self) -> bool:
        return self.planned and not self.on_call

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at


@dataclass(frozen=True)
class Shift:
    """One person on call without a break, whoever else is."""

    member_id: int
    starts_at: datetime
    ends_at: datetime


def final_stretches(plan: Plan, since: datetime, until: datetime) -> list[Stretch]:
    """What is decided from `since` until just before `until`: neither a gap nor an overlap between stretches.

    The first and the last are cut at the two instants.
    """
    if since >= until:
        return []
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    layers = [_Pieces(_pieces(layer, since, until)) for layer in plan.layers]
    overrides = [one for one in plan.overrides if one.starts_at < until and one.ends_at > since]
    away = _absences(plan.absences, since, until)
    instants = _cuts(layers, overrides, away, since, until)
    return merged(_decided(layers, overrides, away, at, ends_at) for at, ends_at in pairwise(instants))


def whole_stretches(plan: Plan, since: datetime, until: datetime) -> list[Stretch]:
    """Like `final_stretches`, but the one that `since` lies in begins where it really begins."""
    return [one for one in final_stretches(plan, beginning(plan, since), until) if one.ends_at > since]


def beginning(plan: Plan, at: datetime) -> datetime:
    """An instant at or before which everything that counts at `at` has begun."""
    until = at + timedelta(seconds=1)
    begun = [turn.starts_at for layer in plan.layers for turn in turns(layer.rotation, at, until)]
    begun += [o.starts_at for o in plan.overrides if o.starts_at <= at < o.ends_at]
    return min(begun, default=at)


def shifts(stretches: Iterable[Stretch]) -> list[Shift]:
    """Who has duty from when until when, by beginning; hand-overs of a person to themselves do not count."""
    open_: dict[int, Shift] = {}
    done: list[Shift] = []
    for stretch in stretches:
        over = [m for m, one in open_.items() if m not in stretch.on_call or _apart(one, stretch)]
        done += [open_.pop(member_id) for member_id in over]
        for member_id in stretch.on_call:
            begun = open_.get(member_id, Shift(member_id, stretch.starts_at, stretch.ends_at))
            open_[member_id] = replace(begun, ends_at=stretch.ends_at)
    return sorted([*done, *open_.values()], key=lambda one: (one.starts_at, one.member_id))


def gaps(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Times in which somebody was meant to be on call and nobody is; neighbours are one."""
    found: list[Stretch] = []
    for stretch in stretches:
        if not stretch.is_gap:
            continue
        if found and found[-1].ends_at == stretch.starts_at and found[-1].away == stretch.away:
            found[-1] = replace(found[-1], ends_at=stretch.ends_at)
        else:
            found.append(stretch)
    return found


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Neighbours that say the same become one."""
    made: list[Stretch] = []
    for stretch in stretches:
        if made and replace(made[-1], starts_at=stretch.starts_at, ends_at=stretch.ends_at) == stretch:
            made[-1] = replace(made[-1], ends_at=stretch.ends_at)
        else:
            made.append(stretch)
    return made


def on_call(plan: Plan, at: datetime) -> tuple[int, ...]:
    """The member ids of who is on call at an instant, empty when nobody is."""
    return final_stretches(plan, at, at + timedelta(microseconds=1))[0].on_call


class _Pieces:
    """A layer's turns, cut by its windows, in order; found by an instant."""

    def __init__(self, pieces: Iterable[tuple[Turn, str]]) -> None:
        self.pieces = list(pieces)
        self._starts = [piece.starts_at for piece, _ in self.pieces]

    def at(self, at: datetime) -> tuple[int, str] | None:
        """Whose turn it is, and which turn."""
        place = bisect_right(self._starts, at) - 1
        if place < 0 or self.pieces[place][0].ends_at <= at:
            return None
        piece, origin = self.pieces[place]
        return piece.member_id, origin


class _Spans:
    """Times in order that do not touch; found by an instant."""

    def __init__(self, spans: list[Span]) -> None:
        self.spans = spans
        self._starts = [starts_at for starts_at, _ in spans]

    def has(self, at: datetime) -> bool:
        place = bisect_right(self._starts, at) - 1
        return place >= 0 and at < self.spans[place][1]


def _pieces(layer: Layer, since: datetime, until: datetime) -> Iterator[tuple[Turn, str]]:
    spans = open_spans(layer.windows, layer.rotation.zone, since, until)
    for turn in turns(layer.rotation, since, until):
        origin = f"{layer.key}.{turn.starts_at:%Y%m%dT%H%M%S}"
        for opens_at, closes_at in spans:
            starts_at, ends_at = max(turn.starts_at, opens_at), min(turn.ends_at, closes_at)
            if starts_at < ends_at:
                yield Turn(turn.member_id, starts_at, ends_at), origin


def _absences(absences: Iterable[Absence], since: datetime, until: datetime) -> dict[int, _Spans]:
    spans: dict[int, list[Span]] = {}
    for one in absences:
        if one.starts_at < until and one.ends_at > since:
            spans.setdefault(one.member_id, []).append((one.starts_at, one.ends_at))
    return {member_id: _Spans(united(times)) for member_id, times in spans.items()}


def _cuts(
    layers: Sequence[_Pieces],
    overrides: Sequence[Override],
    away: dict[int, _Spans],
    since: datetime,
    until: datetime,
) -> list[datetime]:
    """The two instants, and every one between them at which anything begins or ends."""
    found = {since, until}
    for layer in layers:
        found.update(at for piece, _ in layer.pieces for at in (piece.starts_at, piece.ends_at))
    found.update(at for one in overrides for at in (one.starts_at, one.ends_at))
    found.update(at for times in away.values() for span in times.spans for at in span)
    return sorted(at.astimezone(UTC) for at in found if since <= at <= until)


@dataclass
class _Candidates:
    """Who comes into question: the first row with somebody present has it, and the extras have it as well."""

    rows: list[tuple[list[int], str]]
    extras: list[tuple[int, str]]


def _decided(
    layers: Sequence[_Pieces],
    overrides: Sequence[Override],
    away: dict[int, _Spans],
    at: datetime,
    ends_at: datetime,
) -> Stretch:
    """Who is on call at one instant, as `Plan` says."""
    found = [layer.at(at) for layer in layers]
    candidates = _Candidates([([turn[0]], turn[1]) for turn in found if turn is not None], [])
    for override in overrides:
        if override.starts_at <= at < override.ends_at:
            _overridden(candidates, override)
    absent: list[int] = []
    chosen, origin = _first_present(candidates, away, at, absent)
    for member_id, by in candidates.extras:
        if member_id in away and away[member_id].has(at):
            absent.append(member_id)
        elif member_id not in chosen:
            chosen, origin = [*chosen, member_id], origin or by
    planned = bool(candidates.rows or candidates.extras)
    return Stretch(at, ends_at, tuple(chosen), planned, tuple(dict.fromkeys(absent)), origin)


def _first_present(
    candidates: _Candidates, away: dict[int, _Spans], at: datetime, absent: list[int]
) -> tuple[list[int], str]:
    for members, origin in candidates.rows:
        present = [member for member in members if member not in away or not away[member].has(at)]
        absent += [member for member in members if member not in present]
        if present:
            return present, origin
    return [], ""


def _overridden(candidates: _Candidates, override: Override) -> None:
    """Let one override act upon what those before it left."""
    member_id, instead_of, origin = override.member_id, override.instead_of, f"o{override.key}"
    if override.kind == "add" and member_id is not None:
        candidates.extras.append((member_id, origin))
    elif instead_of is not None:
        new = [member_id] if override.kind == "instead" and member_id is not None else []
        candidates.rows = [
            (list(dict.fromkeys(x for m in row for x in (new if m == instead_of else [m]))), by)
            for row, by in candidates.rows
        ]
        candidates.extras = [
            (x, by) for m, by in candidates.extras for x in (new if m == instead_of else [m])
        ]
    else:
        candidates.extras = []
        kept = candidates.rows if override.kind == "instead" and member_id is not None else []
        top = [([member_id], origin)] if override.kind == "instead" and member_id is not None else []
        candidates.rows = [*top, *kept]


def _apart(shift: Shift, stretch: Stretch) -> bool:
    return shift.ends_at != stretch.starts_at
