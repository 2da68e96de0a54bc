"""One series as its points arrive: a short one in Python, a long one in machine code, to the same digits."""

from __future__ import annotations

import inspect
from array import array
from collections.abc import Sequence
from functools import cache
from typing import Any

from alerts.detection import series
from alerts.detection.series import HALF_HOURS, WINDOW_SECONDS, Scale, Series

COMPILED_FROM = 200_000
"""Points after which a series goes on in machine code: Numba takes as long to start as Python for them."""


class Detector:
    """Judges one series, as many points at once as there are."""

    def __init__(self, first: float, step: float) -> None:
        """first: the first count (it is still to be judged); step: seconds between points."""
        self._series: Any = Series(first, step)
        self._scales: Any = [Scale(first, max(1.0, seconds / step)) for seconds in WINDOW_SECONDS]
        self._rhythm: Any = [0.0] * HALF_HOURS
        self._judge: Any = series.judge
        self._points = 0

    def judge(self, counts: array[float], times: array[float]) -> tuple[array[float], array[int]]:
        """The scores of the next points, and 1 where an alert opens: see series.judge. Arguments: doubles."""
        scores, alerts = array("d", bytes(8 * len(counts))), array("b", bytes(len(counts)))
        self._points += len(counts)
        if self._points > COMPILED_FROM:
            self.compile()
        self._judge(self._series, self._scales, self._rhythm, counts, times, scores, alerts)
        return scores, alerts

    def compile(self) -> None:
        """Go on in machine code. Worth it at once where there are many series."""
        if self._judge is series.judge:
            self._series = _records([self._series])[0]
            self._scales = _records(self._scales)
            self._rhythm = array("d", self._rhythm)
            self._judge = _compiled()


def _records(objects: Sequence[Any]) -> Any:
    """The same as an array of NumPy's records, whose fields have the names of the slots."""
    import numpy as np

    names = objects[0].__slots__
    rows = [tuple(getattr(one, name) for name in names) for one in objects]
    return np.array(rows, dtype=[(name, np.float64) for name in names])


@cache
def _compiled() -> Any:
    """`series.judge` as machine code: the text of its module, each of whose functions is given to Numba."""
    from alerts.detection.machine_code import loaded

    names = [name for name, _ in inspect.getmembers(series, inspect.isfunction)]
    jit = "jit = numba.njit(cache=KEEP, nogil=True, error_model='numpy')"
    lines = [inspect.getsource(series), "import numba", jit, *(f"{name} = jit({name})" for name in names)]
    return loaded("series", "\n".join(lines) + "\n").judge
