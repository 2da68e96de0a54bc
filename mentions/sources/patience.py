"""When to try again. Pure: chance is an argument."""

from __future__ import annotations

from random import Random

FIRST = 2.0  # seconds after the first failure, doubled with each that follows
LONGEST = 900.0  # seconds between two tries of what may pass by itself
FOR_A_PERSON = 3600.0  # seconds between two tries of what needs somebody to look, at the longest
AT_FIRST = 60.0  # seconds after the first of those: a site that moves its pages answers 404 for a moment
MOST_FAILURES = 20  # doublings beyond this make no difference


def back_off(
    failures: int, *, every: float, retry_after: float | None, permanent: bool, chance: Random
) -> float:
    """Seconds until the next try after so many failures in a row.

    Exponential with jitter (a half to the whole of the step: many clients of one server that fell over
    together must not come back together). Never sooner than the server asked, and never so long that a
    source with a slow rhythm would be asked more often when it fails than when it works.
    """
    ceiling = max(FOR_A_PERSON if permanent else LONGEST, every)
    first = max(AT_FIRST, every) if permanent else FIRST
    step = min(ceiling, first * 2.0 ** min(failures - 1, MOST_FAILURES))
    waited = step * chance.uniform(0.5, 1.0)
    return waited if retry_after is None else max(waited, retry_after + chance.uniform(0.0, FIRST))
