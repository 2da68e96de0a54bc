"""Generated days of monitors of every size, by the clocks of their audience."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from alerts.campaigns.lift import Window, lifts
from alerts.campaigns.public import LIFT
from alerts.detection.clock import changes
from alerts.detection.lift import Lift
from alerts.detection.settings import BALANCED, Settings
from alerts.judging.roster import EACH, SIGNALS, Around, Table, Turns, advanced, empty, lifted

DAY = 1440
HOURS = np.array(
    [2, 1.2, 0.8, 0.6, 0.6, 1, 2, 4, 6, 7, 7.5, 8, 8, 8.5, 8, 7.5, 8, 8.5, 9, 9.5, 10, 9.5, 7, 4]
)
RATES = (0.05, 0.3, 1.0, 5.0, 50.0)


@dataclass(frozen=True)
class Days:
    """Days in a zone from a day on: monitors of RATES, three of each; `factor` [day] times the usual.

    later: day to the hours by which the audience does all later on it. holidays: the days announced as such.
    """

    start: datetime
    zone: ZoneInfo
    factor: Sequence[float]
    rates: tuple[float, ...] = RATES * 3
    later: Mapping[int, float] = field(default_factory=dict)
    holidays: Sequence[int] = ()

    @property
    def first(self) -> int:
        return int(self.start.timestamp()) // 60

    def counts(self, seed: int = 1, negative: NDArray[np.float64] | float = 0.25) -> Table:
        """[series, minute]; `negative`: their share, one for all or [minute]."""
        rng = np.random.default_rng(seed)
        day = np.repeat(self.factor, DAY)
        volume = rng.poisson(np.array(self.rates)[:, None] * self._rhythm(len(day)) * day)
        signals = {
            "volume": volume,
            "independent": volume,
            "negative": rng.binomial(volume, negative),
            "positive": rng.binomial(volume, 0.15),
            "reach": rng.poisson(0.3 * volume),
            "harm": np.zeros_like(volume),
        }
        stacked = np.stack([signals[name] for name in SIGNALS], axis=1)
        return stacked.reshape(EACH * len(self.rates), -1).astype(float)

    def _rhythm(self, minutes: int) -> NDArray[np.float64]:
        """[minute]: of the day as the clocks of the zone show it, without steps between its hours."""
        at = [datetime.fromtimestamp(60 * (self.first + m), UTC) for m in range(0, minutes, 60)]
        shown = np.array([one.astimezone(self.zone).hour for one in at]).repeat(60)
        place = shown + np.tile(np.arange(60) / 60, len(at))
        for day, hours in self.later.items():
            place[day * DAY : (day + 1) * DAY] -= hours
        rhythm: NDArray[np.float64] = (
            np.interp(place, np.arange(25) + 0.5, np.append(HOURS, HOURS[0]), period=24) / HOURS.mean()
        )
        return rhythm

    def turns(self) -> Turns:
        series = EACH * len(self.rates)
        found = changes(self.zone, self.first, self.first + DAY * len(self.factor))
        return {minute: np.full(series, hours) for minute, hours in found.items()}

    def lift(self) -> Lift | None:
        """What the holidays let expect."""
        windows = [
            Window(self.first + day * DAY, self.first + (day + 1) * DAY, LIFT, wide=True)
            for day in self.holidays
        ]
        if not windows:
            return None
        one = lifts(windows, self.first, self.first + DAY * len(self.factor))
        return lifted(Lift(*(np.tile(row, (len(self.rates), 1)) for row in one)))


def alarms(
    days: Days, counts: Table, since: int, *, settings: Settings = BALANCED, turned: bool = True
) -> NDArray[np.int64]:
    """[day]: alerts that opened on each day from day `since` on, of all monitors."""
    turns, lift = days.turns() if turned else {}, days.lift()
    learned = since * DAY
    state, _ = advanced(
        empty(len(days.rates)), counts[:, :learned], days.first, (), Around(settings=settings, turns=turns)
    )
    found = []
    for day in range(since, len(days.factor)):
        part = slice(day * DAY, (day + 1) * DAY)
        state, opened = advanced(
            state,
            counts[:, part],
            days.first + day * DAY,
            (),
            Around(settings=settings, lift=None if lift is None else lift.at(part), turns=turns),
        )
        found.append(int(opened.sum()))
    return np.array(found)
