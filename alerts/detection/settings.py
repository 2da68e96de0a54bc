"""What has to hold before an alert opens, and when it ends."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Thresholds of the live detector: an alert opens on score AND ratio AND floor together.

    score: nats of evidence (see formulae.py). +2.3 makes a chance alert ten times rarer.
    ratio: observed over expected, both since the onset; a ratio of 2.5 is 150 % more than usual.
    floor: mentions observed since the onset; below it nothing opens, however unlikely.
    lower: share of `score` under which the evidence counts as gone.
    calm_minutes: how long the evidence must have been gone before an alert ends.
    rest_minutes: after the end of an alert, how long a new one needs `rest_factor` times the score.
    rest_factor: see rest_minutes; dimensionless, 1 switches it off.
    harm_score, harm_floor: the same for a series that counts mentions of harm to people: hardly ever said,
        and too late to act on when there are many.
    red_ratio: an open alert turns from amber to red at this ratio ...
    red_floor: ... when at least so many mentions were observed since the onset.
    cold_factor: with under a day of history, the score must be this many times as large (not that of harm).
    cold_ratio: the same for the ratio, as the rhythm of a day is not known yet (a negative series, which
        then goes by its share alone, needs `cold_factor` times the usual share instead).
    """

    score: float = 14.0
    ratio: float = 2.5
    floor: float = 6.0
    lower: float = 0.5
    calm_minutes: int = 240
    rest_minutes: int = 10_080
    rest_factor: float = 4.0
    harm_score: float = 12.0
    harm_floor: float = 3.0
    red_ratio: float = 6.0
    red_floor: float = 30.0
    cold_factor: float = 1.5
    cold_ratio: float = 2.4

    def __post_init__(self) -> None:
        """Refuses settings that could never open or never end; ValueError names the field."""
        for name in ("score", "floor", "harm_score", "harm_floor", "red_floor"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be above 0")
        for name in ("ratio", "rest_factor", "red_ratio", "cold_factor", "cold_ratio"):
            if not getattr(self, name) >= 1:
                raise ValueError(f"{name} must be at least 1")
        if not 0 < self.lower < 1:
            raise ValueError("lower must lie between 0 and 1")
        if self.calm_minutes < 1 or self.rest_minutes < 0:
            raise ValueError("calm_minutes must be at least 1 and rest_minutes at least 0")


FEWER = Settings(score=22.0, ratio=3.5, floor=10.0)
BALANCED = Settings()
MORE = Settings(score=10.0, ratio=2.0, floor=4.0)
