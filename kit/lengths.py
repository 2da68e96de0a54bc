"""How long something takes, in words that are the same in all our languages. Pure."""

from __future__ import annotations

from datetime import timedelta

HOUR, DAY = 60, 1440
"""Minutes."""


def duration(length: timedelta) -> str:
    """`4 min`, `2 h 07 min`, `3 d 4 h`: the two parts that matter, without a sign."""
    minutes = int(abs(length.total_seconds()) // 60)
    if minutes < HOUR:
        return f"{minutes} min"
    if minutes < DAY:
        return f"{minutes // HOUR} h {minutes % HOUR:02d} min"
    return f"{minutes // DAY} d {minutes % DAY // HOUR} h"


def short_duration(minutes: float) -> str:
    """So many minutes for people, whole parts only: `15 min`, `2 h`, `2 h 30 min`, `24 h`, `3 d`."""
    whole = round(minutes)
    if whole < HOUR:
        return f"{whole} min"
    if whole <= DAY and whole % HOUR == 0:
        return f"{whole // HOUR} h"
    if whole % DAY == 0:
        return f"{whole // DAY} d"
    return duration(timedelta(minutes=whole))
