"""The figures of a digest, as plain values that JSON keeps. Texts of the public are named by id only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

BUSY = 1.5  # times the usual volume from which a day is not quiet
HUSHED = 0.5  # times the usual volume below which a day is not quiet either: who is silent may be unheard
FEW = 10.0  # mentions more or less than usual that say nothing


@dataclass(frozen=True)
class Told:
    """An incident or an alert, in a line."""

    number: int
    title: str
    level: str
    state: str


@dataclass(frozen=True)
class StoryCount:
    """A text that was repeated: the id of one mention that has it, and how many do."""

    mention_id: int
    count: int


@dataclass(frozen=True)
class Outage:
    """When a source was out that speaks again; `times` in between, from the first until the last."""

    name: str
    times: int
    since: str
    until: str
    """In ISO 8601."""

    @property
    def span(self) -> tuple[datetime, datetime]:
        return datetime.fromisoformat(self.since), datetime.fromisoformat(self.until)


@dataclass(frozen=True)
class BrandFigures:
    """What was said of a brand. `usual`: mentions in the same stretch of the weeks before, None: no past."""

    brand_id: int
    name: str
    volume: int
    usual: float | None
    negative: int
    positive: int
    terms: Sequence[str]
    stories: Sequence[StoryCount]
    opened: int
    answered: int
    late: int
    """Cases that came, that were answered in time or not, and that are late now."""
    incidents: Sequence[Told]
    """Opened or resolved in this time, or open now."""
    alerts: Sequence[Told]
    """Opened in this time."""

    @property
    def quiet(self) -> bool:
        """Nothing that anybody has to know: about as much talk as usual, no incident, no alert, no case."""
        busy = self.usual is not None and self.volume > max(FEW, BUSY * self.usual)
        return not (busy or self.hushed or self.incidents or self.alerts or self.opened or self.late)

    @property
    def hushed(self) -> bool:
        """Far less was heard than usual."""
        return self.usual is not None and self.volume < min(self.usual - FEW, HUSHED * self.usual)

    @property
    def wordless(self) -> BrandFigures:
        """The numbers, and none of the words."""
        incidents, alerts = (
            [replace(one, title="") for one in told] for told in (self.incidents, self.alerts)
        )
        return replace(self, terms=[], stories=[], incidents=incidents, alerts=alerts)


@dataclass(frozen=True)
class Figures:
    """All that one digest tells."""

    brands: Sequence[BrandFigures]
    silent: Sequence[str]
    """Names of sources that have said nothing for longer than they should."""
    outages: Sequence[Outage] = ()
    """Of sources that were out in this time, and speak again."""
    unheard: Sequence[str] = ()
    """Names of brands that nobody listened to when this was made."""

    @property
    def quiet(self) -> bool:
        return not (self.silent or self.outages or self.unheard) and all(brand.quiet for brand in self.brands)

    def wordless_about(self, brands: Collection[int]) -> Figures:
        """The same with nothing but numbers about those brands."""
        told = [brand.wordless if brand.brand_id in brands else brand for brand in self.brands]
        return replace(self, brands=told)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def from_json(data: dict[str, Any]) -> Figures:
    """The figures as they were kept."""
    outages = [Outage(**one) for one in data.get("outages", [])]  # older digests have none
    brands = [_brand(one) for one in data["brands"]]
    return Figures(brands, data["silent"], outages, data.get("unheard", []))


def _brand(data: dict[str, Any]) -> BrandFigures:
    told = {name: [Told(**one) for one in data[name]] for name in ("incidents", "alerts")}
    return BrandFigures(**{**data, **told, "stories": [StoryCount(**one) for one in data["stories"]]})
