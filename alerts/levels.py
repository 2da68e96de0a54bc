"""How grave an alert is, and which level is worse: the one place that says so. Pure."""

from __future__ import annotations

from kit.languages import Table

LEVELS = ("green", "amber", "red")
"""From the least to the worst."""
RULED = LEVELS[1:]
"""Those that contact rules and policies tell apart; green counts as amber there."""
NAMES: Table = {
    "green": ("verde", "verd", "vert"),
    "amber": ("ámbar", "ambre", "orange"),
    "red": ("rojo", "vermell", "rouge"),
}


def rank(level: str) -> int:
    """0 green, 1 amber, 2 red."""
    return LEVELS.index(level)
