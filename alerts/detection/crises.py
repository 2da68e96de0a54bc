"""Crises in a stream of mentions: what `tocsin backtest --events` runs. In order of arrival, the past only.

1. A mention's weight: 1, less for an account that nobody follows or that posts again the same day; words that
   are said over and over count once; 0 when it arrives more than ten minutes late (an outage's backfill).
2. Each brand's expected weighted mentions a minute (hour of week, hour of day, trailing; see baseline.py) and
   its usual share of negative ones are learned hour by hour, bursts cut. When most brands rise together
   (a big news day), the expectation of all rises by their median.
3. A burst: after each minute, over the last 20 and 40 minutes, evidence that there are more negative mentions
   than usual (negative binomial) plus, weighted, evidence that their share is larger (binomial, with a
   share that varies by itself), and more or less as what comes on top is mostly negative or not: a quarrel is
   half and half. The sum must reach what that window needs, and the burst still be growing, as a conversation
   that only flared up is not. The larger a brand, the more is needed, since the conversations it has anyway
   are as much larger.
4. A change that lasts: the chance that a turn of sentiment or a slow burn is going on (conditions.py).
5. While a campaign runs a burst needs less: its lift lowers the share, and of the campaigns announced one in
   six turns. For two hours after a negative post of a large account bursts and changes need less.
6. One negative post of an account above REACH followers opens at once: by the time the crowd follows, the
   first hour is gone.
7. An incident ends when no burst has reached KEPT of what it needs, and no change been more likely than not,
   for HOLD_MINUTES.

Figures, and how the numbers were chosen: docs/detection.md.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alerts.detection.conditions import AT_FIRST, BLOCK, CRISES, followed
from alerts.detection.formulae import Floats, beta_binomial_evidence, negative_binomial_evidence
from alerts.detection.rounded import usual
from alerts.detection.usual import Usual
from alerts.detection.weight import LATE_SECONDS, Weigher

WINDOWS = (20, 40)
NEEDED = np.array([60.0, 36.0])
"""Nats that a window's burst needs at a brand of one weighted mention a minute; see SIZE_POWER."""

SIZE_POWER = 0.25
"""A brand of x mentions a minute needs x ** SIZE_POWER times as many."""

SHARE_WEIGHT = 0.75
"""What a nat of evidence on the share counts against one on the number of negative mentions."""

MAJORITY_WEIGHT = 0.5
"""Nats that each negative mention adds beyond half of those that come on top, and each below takes away."""

GROWING = np.array([1.1, 1.7])
"""Negative mentions a minute in the last five minutes, over those in the window: what opens needs more."""

SHARE_NEEDED = 3.0
COUNT_NEEDED = 1.0
LIKELY = 0.94
"""Chance of a change that lasts at which it opens an incident ..."""

STILL_LIKELY = 0.5
"""... and at which it holds one, or opens it in the two hours after a large account's negative mention."""

DOUBT = 0.01
"""Chance under which nothing has begun."""

REACH = 1_700_000
LARGE = 700_000
"""Followers from which a negative mention eases what follows it."""

EASED = 0.4
EASED_SECONDS = 7200
HOLD_MINUTES = 400
KEPT = 0.8
WARM_UP_HOURS = 120
COUNT_SHAPE = 20.0
SHARE_SHAPE = 100.0
HOUR = 60
KEPT_MINUTES = 60
"""As many minutes before the running hour are kept: the longest window, and that of the tide."""


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
    """What would have been opened; unix seconds, `closed` None while it is still open at the end."""

    brand: str
    opened: int
    closed: int | None
    severity: str
    kind: str
    reason: str


@dataclass
class _Brand:
    """What is remembered of one brand: an hour, the running hour, what may be going on, the open incident.

    loud: arrival and followers of large accounts' negative mentions, this hour's and those that ease it.
    chances: of each condition (conditions.py). since: unix seconds until which nothing had begun that lasts;
    sums: weighted mentions, negative and expected ones from then on.
    """

    usual: Usual = field(default_factory=Usual)
    past: Floats = field(default_factory=lambda: np.zeros((3, KEPT_MINUTES)))
    mentions: Floats = field(default_factory=lambda: np.zeros(HOUR))
    negative: Floats = field(default_factory=lambda: np.zeros(HOUR))
    loud: list[tuple[int, int]] = field(default_factory=list)
    chances: Floats = field(default_factory=lambda: AT_FIRST)
    since: int = 0
    sums: Floats = field(default_factory=lambda: np.zeros(3))
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
        weight = self._weigh(m.arrived, m.created, m.brand, m.author, m.followers, m.text)
        minute = m.arrived % 3600 // 60
        brand.mentions[minute] += weight
        if m.sentiment < 0:
            brand.negative[minute] += weight
            if m.followers >= LARGE and m.arrived - m.created <= LATE_SECONDS:
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
        expected = {name: brand.usual.expect(hour) for name, brand in self._brands.items()}
        for name, brand in self._brands.items():
            now = np.stack([brand.mentions, brand.negative, expected[name].expected])
            brand.past = np.concatenate([brand.past[:, -KEPT_MINUTES:], now], axis=1)
        tide = self._tide()
        for brand in self._brands.values():
            brand.past[2, -HOUR:] *= tide
        shares = {
            name: expected[name].share
            for name, brand in self._brands.items()
            if brand.usual.hours >= WARM_UP_HOURS
        }
        for name, likely in self._followed(shares):
            self._judge(name, self._brands[name], hour, shares[name], likely)
        for name, brand in self._brands.items():
            sums = max(float(brand.mentions.sum()), 0.0), max(float(brand.negative.sum()), 0.0)
            brand.usual.learn(hour, expected[name], *sums)
            brand.mentions, brand.negative = np.zeros(HOUR), np.zeros(HOUR)
            brand.loud = [one for one in brand.loud if one[0] > (hour + 1) * 3600 - EASED_SECONDS]

    def _tide(self) -> Floats:
        """[60]: how far the median brand lies above what is expected, 1 to 3; news that lifts everybody."""
        ratios = [
            (_sums(brand.past[0], HOUR) + 2.0) / (_sums(brand.past[2], HOUR) + 2.0)
            for brand in self._brands.values()
        ]
        return np.clip(np.median(ratios, axis=0), 1.0, 3.0) if len(ratios) > 2 else np.ones(HOUR)

    def _followed(self, shares: dict[str, float]) -> Iterator[tuple[str, Floats]]:
        """For each of these brands the chances of CRISES after each block of the hour that ends now."""
        if not shares:
            return
        brands = [self._brands[name] for name in shares]
        before, blocks = np.stack([one.chances for one in brands]), np.stack([_blocks(one) for one in brands])
        chances, likely = followed(before, blocks, np.array(list(shares.values())))
        for brand, now in zip(brands, chances, strict=True):
            brand.chances = now
        yield from zip(shares, likely, strict=True)

    def _judge(self, name: str, brand: _Brand, hour: int, share: float, likely: Floats) -> None:
        """Opens, holds and ends the incident of a brand, minute by minute of one hour."""
        campaign, after_loud = self._in_campaign(name, hour), _after_loud(brand, hour)
        bursts = _bursts(brand, share, np.where(campaign | after_loud, EASED, 1.0))
        changes = _Changes.of(brand, hour, share, likely)
        likely_enough = changes.chance >= np.where(after_loud, STILL_LIKELY, LIKELY)
        opens = np.asarray(bursts.opens.any(axis=0) | likely_enough)
        holds = (bursts.part >= KEPT).any(axis=0) | (changes.chance >= STILL_LIKELY)
        events: list[tuple[int, int | None]] = [
            (hour * 3600 + (int(m) + 1) * 60, int(m)) for m in np.flatnonzero(holds | opens)
        ]
        loud = {t: followers for t, followers in brand.loud if t >= hour * 3600 and followers >= REACH}
        for time, minute in sorted(events + [(t, None) for t in loud], key=lambda e: e[0]):
            self._expire(brand, time)
            if brand.open is None and minute is None:
                brand.open = _loud(name, time, loud[time])
            elif brand.open is None and minute is not None and opens[minute]:
                brand.open = _found(name, time, bursts, changes, minute, bool(campaign[minute]))
            if brand.open is not None:
                brand.held = time
        self._expire(brand, (hour + 1) * 3600)

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


@dataclass(frozen=True)
class _Bursts:
    """One hour of a brand over all windows: arrays [windows, 60]; share is the usual one.

    score in nats; part: the score over what is needed; opens: and everything else that is needed holds.
    """

    negative: Floats
    mentions: Floats
    expected: Floats
    share: float
    score: Floats
    part: Floats
    opens: NDArray[np.bool_]


@dataclass(frozen=True)
class _Changes:
    """What may be going on with a brand in one hour; share is the usual one of negative mentions.

    chance: [60], of any crisis that lasts, told at the end of each block, 0 between. The rest by blocks:
    likely: [blocks, 2], the chance of each of CRISES; since: until when nothing had begun;
    sums: [blocks, 3], mentions, negative and expected ones from then on.
    """

    chance: Floats
    likely: Floats
    share: float
    since: list[int]
    sums: Floats

    @classmethod
    def of(cls, brand: _Brand, hour: int, share: float, likely: Floats) -> "_Changes":
        """Of the hour that ends now; remembers since when for the next."""
        chance = np.zeros(HOUR)
        chance[BLOCK - 1 :: BLOCK] = likely.sum(axis=1)
        brand.since = brand.since or hour * 3600
        since, sums = [], []
        for block, now in enumerate(_blocks(brand).T):
            brand.sums = brand.sums + now
            since.append(brand.since)
            sums.append(brand.sums)
            if likely[block].sum() < DOUBT:
                brand.since, brand.sums = hour * 3600 + 60 * BLOCK * (block + 1), np.zeros(3)
        return cls(chance, likely, share, since, np.stack(sums))


def _blocks(brand: _Brand) -> Floats:
    """[3, blocks]: mentions, negative and expected ones of the hour that ends now."""
    return np.asarray(brand.past[:, -HOUR:].reshape(3, -1, BLOCK).sum(axis=2))


def _sums(values: Floats, window: int) -> Floats:
    """[60]: the sum over the last `window` minutes, at the end of each minute of the last hour."""
    total = np.zeros(len(values) + 1)
    np.cumsum(values, out=total[1:])
    sums: Floats = total[-HOUR:] - total[-HOUR - window : -window]
    return sums


def _bursts(brand: _Brand, share: float, ease: Floats) -> _Bursts:
    """The sums of the hour that ends now, and their evidence; ease [60]: times what is needed."""
    mentions, negative, expected = (
        np.maximum(np.stack([_sums(row, w) for w in WINDOWS]), 0.0) for row in brand.past
    )
    on_top = np.maximum(mentions - expected, 0.0)
    expected = share * expected
    count = negative_binomial_evidence(negative, expected + 0.5, COUNT_SHAPE)
    shares = beta_binomial_evidence(negative, mentions, np.full_like(mentions, share), SHARE_SHAPE)
    growth = _sums(brand.past[1], 5) / 5 / np.maximum(negative / np.array(WINDOWS)[:, None], 1e-9)
    majority = np.clip(negative - expected, 0.0, on_top) - on_top / 2
    score = count + SHARE_WEIGHT * shares + MAJORITY_WEIGHT * majority
    part = score / (NEEDED[:, None] * brand.usual.lately**SIZE_POWER * ease)
    passes = (shares >= SHARE_NEEDED) & (count >= COUNT_NEEDED) & (growth >= GROWING[:, None])
    return _Bursts(negative, mentions, expected, share, score, part, passes & (part >= 1))


def _after_loud(brand: _Brand, hour: int) -> NDArray[np.bool_]:
    """[60]: which minutes end within two hours of a large account's negative mention."""
    ends = hour * 3600 + (np.arange(HOUR) + 1) * 60
    times = np.array([time for time, _ in brand.loud])[:, None]
    return np.asarray(((ends >= times) & (ends < times + EASED_SECONDS)).any(axis=0))


def _loud(name: str, time: int, followers: int) -> Incident:
    reason = f"A negative mention of an account with {followers:,} followers."
    return Incident(name, time, None, "red" if followers >= 3 * REACH else "amber", "influencer", reason)


def _found(name: str, time: int, bursts: _Bursts, changes: _Changes, minute: int, campaign: bool) -> Incident:
    """The incident of a minute in which a burst or a change opens one; the burst is told first."""
    windows = np.flatnonzero(bursts.opens[:, minute])
    if len(windows):
        return _burst(name, time, bursts, int(windows[0]), minute, campaign)
    return _change(name, time, changes, minute, campaign)


def _burst(name: str, time: int, bursts: _Bursts, w: int, minute: int, campaign: bool) -> Incident:
    """The incident in words, by the shortest window that opens it."""
    negative, mentions, expected, score = (
        float(row[w, minute]) for row in (bursts.negative, bursts.mentions, bursts.expected, bursts.score)
    )
    when, how_sure = f"in {WINDOWS[w]} min", f"evidence {score:.1f} nats"
    claim = _Claim(when, bursts.share, negative, mentions, expected, how_sure)
    return _described(name, time, "backfire" if campaign else "sudden", claim)


def _change(name: str, time: int, changes: _Changes, minute: int, campaign: bool) -> Incident:
    """The incident in words, by the change that is likelier."""
    block = minute // BLOCK
    mentions, negative, expected = changes.sums[block].tolist()
    when, how_sure = (
        f"in {(time - changes.since[block]) / 3600:.1f} h",
        f"a crisis that lasts is {min(100 * changes.chance[minute], 99):.0f} % likely",
    )
    claim = _Claim(when, changes.share, negative, mentions, changes.share * expected, how_sure)
    kind = "backfire" if campaign else CRISES[int(changes.likely[block].argmax())]
    return _described(name, time, kind, claim)


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
