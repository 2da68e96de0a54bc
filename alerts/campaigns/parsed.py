"""What a file of campaigns says, and everything that is wrong with it, in words for who sent it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from alerts.campaigns.campaign import CAMPAIGN
from alerts.campaigns.wish import Wish
from kit.errors import Invalid
from kit.languages import Sentence, joined

MOST_WINDOWS = 1000
MOST_TOLD = 8  # troubles that are told one by one


class Otherwise(NamedTuple):
    """What holds where a file does not say."""

    lift: float
    kind: str = CAMPAIGN


@dataclass(frozen=True)
class Found:
    """One window of a file. `uid` and `occurrence` tell it from the others, today and tomorrow."""

    uid: str
    occurrence: str
    wish: Wish
    monitor: str = ""
    """The name of a monitor; empty: all of the brand's."""


@dataclass
class Parsed:
    """A file that was read to its end."""

    found: list[Found] = field(default_factory=list)
    uids: set[str] = field(default_factory=set)
    """The events that the file speaks of, also where nothing of them takes place any more."""
    troubles: list[Sentence] = field(default_factory=list)

    def whole(self) -> Parsed:
        """Itself when nothing is wrong; Invalid with every trouble otherwise: nothing is half imported."""
        if self.troubles:
            more = len(self.troubles) - MOST_TOLD
            told = self.troubles[:MOST_TOLD] + ([Sentence("And {} more.", more)] if more > 0 else [])
            raise Invalid("Nothing was imported. {}", joined(told), field="file")
        if len(self.found) > MOST_WINDOWS:
            raise Invalid("Nothing was imported: more than {} windows.", MOST_WINDOWS, field="file")
        return self
