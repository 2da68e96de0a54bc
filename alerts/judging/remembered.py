"""What the detector remembers of some monitors, read out of the checkpoint without the rest of it.

It is what the next tick goes by, up to the minute of the checkpoint: some ten before now, since minutes stay
open for what comes late.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from numpy.typing import NDArray
from sqlalchemy import func, select

from alerts.alert import DetectorState
from alerts.detection import baseline
from alerts.detection.settings import Settings
from alerts.detection.state import LONGEST_HEAD, NO_MINUTE, entries_of, place_of
from alerts.judging.roster import EACH, SIGNALS
from kit.db import ReadSession
from mentions.counting.counts import minute_of, moment_of


class Rest(NamedTuple):
    """After an alert of a signal a new one needs more, until then."""

    signal: str
    until: datetime


@dataclass(frozen=True)
class Remembered:
    """Of a monitor's series, in the order of SIGNALS, as in `alerts.detection.state.State`."""

    minute: int
    """The last one that it knows: what opened or ended since is not in it yet."""
    history: NDArray[Any]
    firing: NDArray[Any]
    turned: NDArray[Any]

    @property
    def until(self) -> datetime:
        """The end of its last minute."""
        return moment_of(self.minute + 1)

    @property
    def cold(self) -> bool:
        """Whether too little was heard to compare with: under a day of minutes."""
        return bool(self.history[0] < baseline.DAY)

    def resting(self, settings: Settings, now: datetime) -> list[Rest]:
        """The signals of which a new alert needs `rest_factor` times the score now; settings: in force."""
        factor, minutes = (settings.at(0)[name] for name in ("rest_factor", "rest_minutes"))
        ends = {
            signal: int(turned) + int(minutes)
            for signal, turned, firing in zip(SIGNALS, self.turned, self.firing, strict=True)
            if turned != NO_MINUTE and not firing
        }
        minute = minute_of(now)
        return [Rest(signal, moment_of(end)) for signal, end in ends.items() if factor > 1 and end > minute]


_COLUMNS = ("history", "firing", "turned")


async def remembered(session: ReadSession, monitor_ids: Collection[int]) -> dict[int, Remembered]:
    """What it knows of these monitors; those at which no ticker has looked yet are left out."""
    head, length = func.substring(DetectorState.arrays, 1, LONGEST_HEAD), func.length(DetectorState.arrays)
    rows = await session.execute(
        select(DetectorState.shard, DetectorState.minute, DetectorState.series, head, length)
    )
    known: dict[int, Remembered] = {}
    for shard, minute, series, begin, size in rows:
        places = {entry[0]: place for place, entry in enumerate(series) if entry[0] in monitor_ids}
        if not places:
            continue
        first, last = min(places.values()), max(places.values())
        try:
            at = [place_of(begin, name, EACH * first, EACH * (last + 1 - first)) for name in _COLUMNS]
        except ValueError:  # of another version of this code: the next tick makes it anew
            continue
        parts = [func.substring(DetectorState.arrays, offset + 1, n) for offset, n in at]
        same = DetectorState.shard == shard, DetectorState.minute == minute, length == size
        found = (await session.execute(select(*parts).where(*same))).one_or_none()
        if found is None:  # saved anew meanwhile
            continue
        columns = [entries_of(data, name) for data, name in zip(found, _COLUMNS, strict=True)]
        for monitor_id, place in places.items():
            own = slice(EACH * (place - first), EACH * (place - first + 1))
            known[monitor_id] = Remembered(minute, *(column[own] for column in columns))
    return known
