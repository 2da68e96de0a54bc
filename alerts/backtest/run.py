"""The back-test of one monitor: its stored past, the settings side by side, and what people said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.backtest.arriving import Material, arrived, material
from alerts.backtest.curve import Curve, curve_of
from alerts.backtest.past import Past, beginning_of, past_of
from alerts.backtest.queue import alone, finished
from alerts.backtest.trial import Choice, Raised, raised, tried
from alerts.backtest.verdict import Known, Record, Stretch, judged
from alerts.detection.compiled import Course
from alerts.detection.settings import Settings
from alerts.judging.roster import EACH, SIGNALS
from kit.db import ReadSession
from kit.errors import Invalid
from mentions.counting.counts import minute_of
from mentions.monitor import Monitor

DAY = 1440
LONGEST_DAYS = 400
MOST_CHOICES = 6
WARM_DAYS = 28
"""Days before the stretch from which the detector learns what is usual: four of each hour of the week."""


@dataclass(frozen=True)
class Trial:
    """What one choice would have raised in the stretch, and how good that would have been."""

    choice: Choice
    alerts: tuple[Raised, ...]
    record: Record


@dataclass(frozen=True)
class Backtest:
    """All of it. first, until: the stretch in minutes since 1970; learned_from: before it, where that is."""

    monitor: Monitor
    learned_from: int
    first: int
    until: int
    trials: tuple[Trial, ...]
    curves: tuple[Curve, ...]
    known: Known
    arrivals_from: int | None = None
    """The minute from which on it was looked for what arrives; None: there was nothing to look at."""


async def backtest(
    session: ReadSession,
    monitor: Monitor,
    choices: Sequence[Choice],
    known: Known,
    *,
    since: datetime,
    until: datetime,
) -> Backtest:
    """Run the choices over the minutes from `since` until before `until`.

    Invalid for a stretch that is empty or longer than LONGEST_DAYS, and for too many choices or none;
    Unavailable while too many others wait for theirs.
    """
    if not 1 <= len(choices) <= MOST_CHOICES:
        raise Invalid("Between 1 and {} settings can stand side by side.", MOST_CHOICES, field="settings")
    async with alone():
        return await _found(session, monitor, choices, known, _stretch(since, until), texts=True)


async def signal_curve(
    session: ReadSession,
    monitor: Monitor,
    signal: str,
    settings: Settings,
    *,
    since: datetime,
    until: datetime,
) -> Curve:
    """One signal with its expected band, as it is seen now; the volume for what is no series of counts."""
    choice = Choice("", settings)
    found = await _found(session, monitor, [choice], Known(), _stretch(since, until))
    return found.curves[SIGNALS.index(signal if signal in SIGNALS else "volume")]


async def _found(
    session: ReadSession,
    monitor: Monitor,
    choices: Sequence[Choice],
    known: Known,
    stretch: tuple[int, int],
    *,
    texts: bool = False,
) -> Backtest:
    """The back-test of the minutes [first, end). texts: also of what arrives, for which mentions are read."""
    first, end = stretch
    begun = await beginning_of(session, monitor)
    begin = max(first - WARM_DAYS * DAY, min(first, begun))
    past = await past_of(session, monitor, begin, end, begun)
    floor = min(float(choice.settings.floor) for choice in choices)
    given = await material(session, monitor, past, first, floor) if texts else None
    # in a thread: months take a second of arithmetic, and other people are waiting
    return await finished(
        _ran, past, given, monitor, choices, known.since(begun), first, end - max(first, begun)
    )


def _stretch(since: datetime, until: datetime) -> tuple[int, int]:
    first, end = minute_of(since), minute_of(until)
    if end <= first:
        raise Invalid("The end must lie after the beginning.", field="until")
    if end - first > LONGEST_DAYS * DAY:
        raise Invalid("At most {} days at once.", LONGEST_DAYS, field="since")
    return first, end


def _ran(
    past: Past,
    given: Material | None,
    monitor: Monitor,
    choices: Sequence[Choice],
    known: Known,
    first: int,
    minutes: int,
) -> Backtest:
    """One choice after the other, so that only one's arrays are held. minutes: how many are known."""
    curves: tuple[Curve, ...] = ()
    trials = []
    settings = [choice.settings for choice in choices]
    arrivals = arrived(given, settings) if given is not None else [[] for _ in choices]
    for choice, arriving in zip(choices, arrivals, strict=True):
        course = tried(past, choice)
        curves = curves or _curves(past, course, first)
        found = raised(course, monitor, past, choice.settings, arriving)
        del course
        trials.append(_trial(choice, found, known, first, past.until, max(minutes, 0)))
    looked_from = given.looks[0] if given is not None else None
    return Backtest(monitor, past.first, first, past.until, tuple(trials), curves, known, looked_from)


def _trial(
    choice: Choice, found: Sequence[Raised], known: Known, first: int, until: int, minutes: int
) -> Trial:
    """Alerts that opened in the stretch; those before it only taught."""
    alerts = tuple(alert for alert in found if alert.opened >= first)
    stretches = [
        Stretch(alert.opened, until if alert.ended is None else alert.ended)
        for alert in alerts
        if alert.pages
    ]
    return Trial(choice, alerts, judged(stretches, known, minutes))


def _curves(past: Past, course: Course, first: int) -> tuple[Curve, ...]:
    """Each signal as the first choice expected it: what is usual hardly depends on the thresholds."""
    skipped = first - past.first
    series = (past.counts[:EACH], course.usual[:EACH], course.dispersion[:EACH])
    return tuple(
        curve_of(signal, first, *(rows[i, skipped:] for rows in series)) for i, signal in enumerate(SIGNALS)
    )
