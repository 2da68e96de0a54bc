"""The voices that weigh (`alerts.judging.notable`) in the past of a monitor, by its counts."""

from __future__ import annotations

import numpy as np

from alerts.backtest.past import Past
from alerts.detection.settings import Settings
from alerts.judging.findings import Finding
from alerts.judging.notable import HELD_MINUTES, Heard, finding_of
from mentions.monitor import Monitor


class Voices:
    """In which minutes they spoke, and what the tick would have found of them."""

    def __init__(self, past: Past, settings: Settings) -> None:
        self._past, self._settings = past, settings
        self._spoke = past.first + np.flatnonzero(np.diff(past.total_of("notable")))
        over = [minute for minute in (self._spoke + HELD_MINUTES).tolist() if minute < past.until]
        self.moments: list[int] = sorted({*self._spoke.tolist(), *over})
        """The minutes in which somebody speaks, or that is no longer told."""

    def finding(self, monitor: Monitor, minute: int) -> Finding | None:
        """What there is to say of them in this minute."""
        inside = slice(*np.searchsorted(self._spoke, (minute - HELD_MINUTES + 1, minute + 1)))
        spoke: list[int] = self._spoke[inside].tolist()
        if not spoke:
            return None
        count, now = (self._past.counted(since, minute).notable for since in (spoke[0], minute))
        return finding_of(monitor, Heard(spoke[0], spoke[-1], count, now), minute, self._settings)
