"""What somebody announces, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from alerts.campaigns.campaign import CAMPAIGN, KINDS
from kit.errors import Invalid
from mentions.triage.checks import optional, web_address

MAX_TITLE = 200
MAX_BRIEF = 4000
MAX_CONTACT = 300
MOST_LIFT = 100.0
LONGEST = timedelta(days=100)
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
"""Control characters, and those that turn the direction of what follows."""
UNSEEN_IN_LINES = re.compile(UNSEEN.pattern.replace(r"\x00-\x1f", r"\x00-\x09\x0b-\x1f"))
"""The same without the end of a line."""


@dataclass(frozen=True)
class Wish:
    """One window as it was filled in or found in a file. Times are aware."""

    title: str
    starts_at: datetime
    ends_at: datetime
    lift: float
    kind: str = CAMPAIGN
    brief: str = ""
    link: str = ""
    contact: str = ""
    contact_id: int | None = None

    def checked(self) -> dict[str, Any]:
        """The columns' values; Invalid says what makes no sense."""
        title = " ".join(UNSEEN.sub(" ", self.title).split())
        if not 1 <= len(title) <= MAX_TITLE:
            raise Invalid("A title has 1 to {} characters.", MAX_TITLE, field="title")
        starts_at, ends_at = self.starts_at, self.ends_at
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
        times = {"starts_at": starts_at.astimezone(UTC), "ends_at": ends_at.astimezone(UTC)}
        return {"title": title, **times, "lift": float(self.lift), "kind": self.kind, **self._asked()}

    def _asked(self) -> dict[str, Any]:
        """What is known of it, and whom to ask for more."""
        brief = UNSEEN_IN_LINES.sub(" ", self.brief.replace("\r\n", "\n"))
        return {
            "brief": optional(brief, field="brief", limit=MAX_BRIEF),
            "link": web_address(UNSEEN.sub(" ", self.link), field="link") or "",
            "contact": optional(
                " ".join(UNSEEN.sub(" ", self.contact).split()), field="contact", limit=MAX_CONTACT
            ),
            "contact_id": self.contact_id,
        }
