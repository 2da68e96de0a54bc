"""Crises in a stream of mentions: what `tocsin backtest --events` runs. In order of arrival, the past only.

1. A mention's weight: 1, less for an account that posts again the same day; words that are said over and over
   count once; 0 when it arrives more than ten minutes late (an outage's backfill).
2. Each brand's expected weighted mentions a minute and its usual shares of negative and positive ones, and of
   small accounts, are learned hour by hour (usual.py), from what ordinary life explains alone. When most
   brands rise together (a big news day), the expectation of all rises by their median.
3. Every five minutes: how likely is each condition the brand may be in, of those that come in ordinary life,
   in announced campaigns and in crises (conditions.py, following.py)? An incident opens from NEEDED on: what
   grows within minutes cannot wait to be as sure as what takes hours.
4. One negative post of an account above REACH followers opens at once: by the time the crowd follows, the
   first hour is gone. After one of LARGE a crowd is as likely as not.
5. An incident ends when a crisis has been less likely than STILL_LIKELY for HOLD_MINUTES.

Figures, and how the numbers were chosen: docs/measurements/detection.md.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alerts.detection.conditions import BLOCK, KINDS
from alerts.detection.following import AT_FIRST, Course, Mentions, Shares, followed
from alerts.detection.formulae import Floats
from alerts.detection.rounded import usual
from alerts.detection.usual import Heard, Hour, Usual
from alerts.detection.weight import LATE_SECONDS, SMALL, Weigher
from alerts.levels import rank

NEEDED = np.array([0.7 if kind == "sudden" else 0.93 for kind in KINDS])
"""Chance of a crisis at which an incident opens, by the likeliest of KINDS ..."""

STILL_LIKELY = 0.3
"""... and at which it is held, whatever the kind."""

DOUBT = 0.01
"""Chance under which nothing has begun."""

REACH = 1_500_000
LARGE = 700_000
"""Followers from which a negative mention may bring a crowd."""

HOLD_MINUTES = 400
LEARNING_HOURS = 24
"""Until then nothing is followed, since nothing is known ..."""

WARM_UP_HOURS = 120
"""... and until then nothing opens."""

HOUR = 60
BLOCKS = HOUR // BLOCK
USUAL_PART = 0.5
"""What comes on top is a multiple of the usual rate of the day and of that of the hour, in equal parts."""

NEGATIVE, NEUTRAL, POSITIVE, SMALL_NEGATIVE, OF_SMALL = range(5)
"""Rows of what is counted; the first three make up all mentions."""


@dataclass(frozen=True)
class Mention:
    """One mention as it arrived; times in unix seconds, sentiment -1, 0 or 1, text an id of the wording."""

    arrived: int
    created: int
    brand: str
    author: str
    followers: int
    sentiment: int
    text: str


@dataclass(frozen=True)
class Campaign:
    """An announced campaign of a brand; unix seconds."""

    brand: str
    start: int
    end: int


@dataclass(frozen=True)
class Incident:
    """What would have been opened; unix seconds, `closed` None while it is still open at the end.

    The severity is the highest that it reached, the reason why.
    """

    brand: str
    opened: int
    closed: int | None
    severity: str
    kind: str
    reason: str


@dataclass
class _Brand:
    """What is remembered of one brand: two hours, what may be going on, the open incident.

    before, counts: weighted sums by minutes, rows as named above; expected: of the hour before, [60].
    loud: arrival and followers of this hour's negative mentions of large accounts. chances: of each
    pair of conditions. By KINDS: since [kinds], unix seconds until which none had begun; sums [kinds, 3]:
    weighted mentions, negative and expected ones from then on.
    """

    usual: Usual = field(default_factory=Usual)
    before: Floats = field(default_factory=lambda: np.zeros((5, HOUR)))
    counts: Floats = field(default_factory=lambda: np.zeros((5, HOUR)))
    expected: Floats = field(default_factory=lambda: np.zeros(HOUR))
    loud: list[tuple[int, int]] = field(default_factory=list)
    chances: Floats = field(default_factory=lambda: AT_FIRST)
    since: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(KINDS), dtype=np.int64))
    sums: Floats = field(default_factory=lambda: np.zeros((len(KINDS), 3)))
    open: Incident | None = None
    held: int = 0


class Watch:
    """Takes mentions in order of arrival and gives the incidents they would have opened."""

    def __init__(self, campaigns: Iterable[Campaign] = ()) -> None:
        self._campaigns: dict[str, list[Campaign]] = {}
        for campaign in campaigns:
            self._campaigns.setdefault(campaign.brand, []).append(campaign)
        self._brands: dict[str, _Brand] = {}
        self._weigh = Weigher().weight
        self._hour: int | None = None
        self._ended: list[Incident] = []

    def take(self, m: Mention) -> None:
        """One more mention; `arrived` must not be earlier than the one before."""
        hour = m.arrived // 3600
        if hour != self._hour:
            self._close_hours(hour)
        brand = self._brands.get(m.brand)
        if brand is None:
            brand = self._brands[m.brand] = _Brand()
        weight = self._weigh(m.arrived, m.created, m.brand, m.author, m.text)
        minute = m.arrived % 3600 // 60
        brand.counts[m.sentiment + 1, minute] += weight
        if m.followers < SMALL:
            brand.counts[OF_SMALL, minute] += weight
        if m.sentiment < 0:
            if m.followers < SMALL:
                brand.counts[SMALL_NEGATIVE, minute] += weight
            elif m.followers >= LARGE and m.arrived - m.created <= LATE_SECONDS:
                brand.loud.append((m.arrived, m.followers))

    def finish(self) -> list[Incident]:
        """Judges the running hour and returns all incidents, by the time they were opened."""
        if self._hour is not None:
            self._close_hours(self._hour + 1)
        still_open = [brand.open for brand in self._brands.values() if brand.open]
        return sorted(self._ended + still_open, key=lambda i: (i.opened, i.brand))

    def _close_hours(self, until: int) -> None:
        """Judges and learns the running hour, and the empty ones that lie before `until`."""
        if self._hour is not None:
            for hour in range(self._hour, until):
                self._close(hour)
        self._hour = until

    def _close(self, hour: int) -> None:
        brands = list(self._brands.items())
        hours = [brand.usual.expect(hour) for _, brand in brands]
        tide = self._tide([one.expected for one in hours])
        known = [i for i, (_, brand) in enumerate(brands) if brand.usual.hours >= LEARNING_HOURS]
        ordinary: dict[int, Floats] = {}
        if known:
            course = self._follow(hour, [brands[i] for i in known], [hours[i] for i in known], tide)
            for i, chances, likely, explained in zip(known, *course, strict=True):
                name, brand = brands[i]
                brand.chances, ordinary[i] = chances, explained
                if brand.usual.hours >= WARM_UP_HOURS:
                    self._judge(name, brand, hour, hours[i], hours[i].expected * tide, likely)
        for i, (_, brand) in enumerate(brands):
            whole = np.maximum(brand.counts.sum(axis=1), 0.0)
            mentions = float(whole[: POSITIVE + 1].sum())
            of_it = ordinary.get(i, np.array([mentions, whole[NEGATIVE], whole[POSITIVE]])).tolist()
            heard = Heard(of_it[0], of_it[1], of_it[2], mentions, float(whole[OF_SMALL]))
            brand.usual.learn(hour, hours[i], heard)
            brand.before, brand.counts = brand.counts, np.zeros((5, HOUR))
            brand.expected, brand.loud = hours[i].expected, []

    def _tide(self, expected: Sequence[Floats]) -> Floats:
        """[60]: how far the median brand lies above what is expected, 1 to 3; news that lifts everybody."""
        if len(expected) < 3:
            return np.ones(HOUR)
        ratios = [
            (
                _last_hour(brand.before[: POSITIVE + 1].sum(axis=0), brand.counts[: POSITIVE + 1].sum(axis=0))
                + 2
            )
            / (_last_hour(brand.expected, now) + 2)
            for brand, now in zip(self._brands.values(), expected, strict=True)
        ]
        return np.clip(np.median(ratios, axis=0), 1.0, 3.0)

    def _follow(
        self, hour: int, brands: Sequence[tuple[str, _Brand]], hours: Sequence[Hour], tide: Floats
    ) -> Course:
        """What the hour that ends now makes of the chances of these brands."""
        expected = np.stack([one.expected for one in hours]) * tide
        lately = np.array([[brand.usual.lately] for _, brand in brands])
        counts = np.stack([brand.counts for _, brand in brands], axis=1)
        announced = np.stack([self._in_campaign(name, hour) for name, _ in brands])
        large = np.stack([_loud_minutes(brand) for _, brand in brands])
        heard = Mentions(
            _blocks(counts[NEGATIVE]),
            _blocks(counts[NEUTRAL]),
            _blocks(counts[POSITIVE]),
            _blocks(counts[SMALL_NEGATIVE]),
            _blocks(expected),
            _blocks(USUAL_PART * lately + (1 - USUAL_PART) * expected),
            _blocks(announced) > 0,
            _blocks(large) > 0,
        )
        shares = Shares(*(np.array(row) for row in zip(*(one[2:] for one in hours), strict=True)))
        return followed(np.stack([brand.chances for _, brand in brands]), heard, shares)

    def _judge(
        self, name: str, brand: _Brand, hour: int, known: Hour, expected: Floats, likely: Floats
    ) -> None:
        """Opens, holds and ends the incident of a brand through an hour; likely [blocks, kinds]."""
        announced = _blocks(self._in_campaign(name, hour)) > 0
        counts = brand.counts
        now = _blocks(np.stack([counts[: POSITIVE + 1].sum(axis=0), counts[NEGATIVE], expected])).T
        for block, chances in enumerate(likely):
            begin = hour * 3600 + 60 * BLOCK * block
            end, chance = begin + 60 * BLOCK, float(chances.sum())
            brand.since = np.where(brand.since == 0, begin, brand.since)
            brand.sums = brand.sums + now[block]
            for time, followers in brand.loud:
                if begin <= time < end and followers >= REACH:
                    self._hold(brand, time, _loud(name, time, followers))
            self._expire(brand, end)
            if chance >= NEEDED[chances.argmax()]:
                found = _found(name, end, brand, known.negative, chances)
                self._hold(brand, end, replace(found, kind="backfire") if announced[block] else found)
            elif chance >= STILL_LIKELY and brand.open:
                brand.held = end
            nothing = chances < DOUBT
            brand.since = np.where(nothing, end, brand.since)
            brand.sums = np.where(nothing[:, None], 0.0, brand.sums)

    def _hold(self, brand: _Brand, time: int, found: Incident) -> None:
        """Opens the incident, if none is open, and holds it; what is graver raises it."""
        self._expire(brand, time)
        brand.open = brand.open or found
        if rank(found.severity) > rank(brand.open.severity):
            brand.open = replace(brand.open, severity=found.severity, reason=found.reason)
        brand.held = time

    def _expire(self, brand: _Brand, time: int) -> None:
        """Ends the open incident when nothing has held it for long enough."""
        if brand.open and time - brand.held > HOLD_MINUTES * 60:
            self._ended.append(replace(brand.open, closed=brand.held + HOLD_MINUTES * 60))
            brand.open = None

    def _in_campaign(self, name: str, hour: int) -> NDArray[np.bool_]:
        """[60]: which minutes lie in an announced campaign, or up to half an hour before it."""
        minutes = hour * 3600 + np.arange(HOUR) * 60
        inside = np.zeros(HOUR, dtype=np.bool_)
        for campaign in self._campaigns.get(name, ()):
            inside |= (minutes >= campaign.start - 1800) & (minutes < campaign.end)
        return inside


def _blocks(minutes: NDArray[np.generic]) -> Floats:
    """[…, blocks]: sums of an hour's minutes, […, 60]."""
    return np.asarray(minutes.reshape(*minutes.shape[:-1], BLOCKS, BLOCK).sum(axis=-1), dtype=np.float64)


def _last_hour(before: Floats, now: Floats) -> Floats:
    """[60]: the sum over the sixty minutes that end with each of this hour."""
    total = np.cumsum(np.concatenate([before, now]))
    return np.asarray(total[HOUR:] - total[:HOUR])


def _loud_minutes(brand: _Brand) -> NDArray[np.bool_]:
    """[60]: in which minutes a large account was negative."""
    minutes = np.zeros(HOUR, dtype=np.bool_)
    minutes[[time % 3600 // 60 for time, _ in brand.loud]] = True
    return minutes


def _loud(name: str, time: int, followers: int) -> Incident:
    reason = f"A negative mention of an account with {followers:,} followers."
    return Incident(name, time, None, "red" if followers >= 3 * REACH else "amber", "influencer", reason)


def _found(name: str, time: int, brand: _Brand, share: float, chances: Floats) -> Incident:
    """The incident in words, by the kind that is likeliest."""
    kind = int(chances.argmax())
    mentions, negative, expected = np.maximum(brand.sums[kind], 0.0).tolist()
    when = _when((time - int(brand.since[kind])) // 60)
    how_sure = f"a crisis is {min(100 * float(chances.sum()), 99):.0f} % likely"
    return _described(
        name, time, KINDS[kind], _Claim(when, share, negative, mentions, share * expected, how_sure)
    )


def _when(minutes: int) -> str:
    return f"in {minutes} min" if minutes <= 90 else f"in {minutes / 60:.1f} h"


class _Claim(NamedTuple):
    """What an incident rests on: weighted sums, expected negative mentions, the usual share, how sure."""

    when: str
    share: float
    negative: float
    mentions: float
    expected: float
    how_sure: str


def _described(name: str, time: int, kind: str, claim: _Claim) -> Incident:
    """The incident with its figures."""
    ratio = claim.negative / max(claim.expected, 0.1)
    reason = (
        f"{claim.negative:.1f} negative mentions (weighted) {claim.when} where {usual(claim.expected)} are"
        f" usual ({ratio:.1f} times), {100 * claim.negative / max(claim.mentions, 1e-9):.0f} % of all where"
        f" {100 * claim.share:.0f} % is usual; {claim.how_sure}."
    )
    severity = "red" if ratio >= 6 and claim.negative >= 30 else "amber"
    return Incident(name, time, None, severity, kind, reason)


def incidents(mentions: Iterable[Mention], campaigns: Sequence[Campaign] = ()) -> Iterator[Incident]:
    """The incidents that mentions, in order of arrival, would have opened; by the time they were opened."""
    watch = Watch(campaigns)
    for mention in mentions:
        watch.take(mention)
    yield from watch.finish()
