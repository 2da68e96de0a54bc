"""What somebody announces, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from alerts.campaigns.campaign import CAMPAIGN, KINDS
from kit.errors import Invalid

MAX_TITLE = 200
MOST_LIFT = 100.0
LONGEST = timedelta(days=100)
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
"""Control characters, and those that turn the direction of what follows."""


@dataclass(frozen=True)
class Wish:
    """One window as it was filled in or found in a file. Times are aware."""

    title: str
    starts_at: datetime
    ends_at: datetime
    lift: float
    kind: str = CAMPAIGN

    def checked(self) -> dict[str, Any]:
        """The columns' values; Invalid says what makes no sense."""
        title = " ".join(UNSEEN.sub(" ", self.title).split())
        if not 1 <= len(title) <= MAX_TITLE:
            raise Invalid("A title has 1 to {} characters.", MAX_TITLE, field="title")
        starts_at, ends_at = (moment.astimezone(UTC) for moment in (self.starts_at, self.ends_at))
        if not EARLIEST <= starts_at <= LATEST:
            raise Invalid("It must begin between the years 2000 and 2100.", field="startsAt")
        if ends_at <= starts_at:
            raise Invalid("It must end after it has begun.", field="endsAt")
        if ends_at - starts_at > LONGEST:
            raise Invalid(
                "It may last {} days at most: what lasts longer is the usual.", LONGEST.days, field="endsAt"
            )
        if not isfinite(self.lift) or not 1 <= self.lift <= MOST_LIFT:
            raise Invalid("Expect 1 to {:g} times the usual.", MOST_LIFT, field="lift")
        if self.kind not in KINDS:
            raise Invalid("Choose one of {}.", ", ".join(KINDS), field="kind")
        times = {"starts_at": starts_at, "ends_at": ends_at}
        return {"title": title, **times, "lift": float(self.lift), "kind": self.kind}
