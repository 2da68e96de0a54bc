"""Crises in a stream of mentions: what `tocsin backtest --events` runs. In order of arrival, the past only.

1. A mention's weight: 1, less for copies of one wording, for an author who posts again the same day and for
   accounts that nobody follows; 0 when it arrives more than ten minutes late (an outage's backfill).
2. Each brand's expected weighted mentions a minute (hour of week, hour of day, trailing; see baseline.py) and
   its usual share of negative ones are learned hour by hour, bursts cut. When most brands rise together
   (a big news day), the expectation of all rises by their median.
3. After each minute, over the last 10 minutes to 12 hours: evidence that there are more negative mentions
   than usual (negative binomial) plus, weighted, evidence that their share is larger (binomial, with a
   share that varies by itself). An incident opens where the sum reaches what that window needs. A short
   window must also still be growing, as a conversation that only flared up is not. While a campaign runs
   the sum needs less: its lift lowers the share, and of the campaigns announced one in six turns.
4. One negative post of an account above REACH followers opens at once: by the time the crowd follows, the
   first hour is gone.
5. An incident ends when no window has reached KEPT of what it needs for HOLD_MINUTES.

Figures, and how the numbers were chosen: docs/detection.md.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from alerts.detection.formulae import Floats, beta_binomial_evidence, negative_binomial_evidence
from alerts.detection.usual import Usual
from alerts.detection.weight import LATE_SECONDS, Weigher

WINDOWS = (10, 20, 40, 90, 180, 360, 720)
NEEDED = np.array([75.0, 42.0, 65.0, 33.0, 31.0, 11.0, 8.4])
"""Nats; more where conversations that flare up and grumbles that pass look the same for a while."""

SHARE_WEIGHT = np.array([1.2, 1.1, 1.2, 2.1, 0.65, 1.0, 1.2])
"""What a nat of evidence on the share counts against one on the number of negative mentions."""

GROWING = np.array([0.5, 1.25, 0.7, 0.0, 0.0, 0.0, 0.0])
"""Negative mentions a minute in the last five minutes, over those in the window: what opens needs more."""

SHARE_NEEDED = 3.0
COUNT_NEEDED = 1.0
CAMPAIGN_FACTOR = 0.45
REACH = 2_000_000
HOLD_MINUTES = 400
KEPT = 0.6
WARM_UP_HOURS = 120
COUNT_SHAPE = 20.0
SHARE_SHAPE = 100.0
LONGEST = WINDOWS[-1]
HOUR = 60


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
    """What is remembered of one brand: the longest window, the running hour, the open incident."""

    usual: Usual = field(default_factory=Usual)
    past: Floats = field(default_factory=lambda: np.zeros((3, LONGEST)))
    mentions: Floats = field(default_factory=lambda: np.zeros(HOUR))
    negative: Floats = field(default_factory=lambda: np.zeros(HOUR))
    loud: list[tuple[int, int]] = field(default_factory=list)
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
            if m.followers >= REACH and m.arrived - m.created <= LATE_SECONDS:
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
            brand.past = np.concatenate([brand.past[:, -LONGEST:], now], axis=1)
        tide = self._tide()
        for name, brand in self._brands.items():
            brand.past[2, -HOUR:] *= tide
            if brand.usual.hours >= WARM_UP_HOURS:
                self._judge(name, brand, hour, expected[name].share)
            sums = float(brand.mentions.sum()), float(brand.negative.sum())
            brand.usual.learn(hour, expected[name], *sums)
            brand.mentions, brand.negative, brand.loud = np.zeros(HOUR), np.zeros(HOUR), []

    def _tide(self) -> Floats:
        """[60]: how far the median brand lies above what is expected, 1 to 3; news that lifts everybody."""
        ratios = [
            (_sums(brand.past[0], HOUR) + 2.0) / (_sums(brand.past[2], HOUR) + 2.0)
            for brand in self._brands.values()
        ]
        return np.clip(np.median(ratios, axis=0), 1.0, 3.0) if len(ratios) > 2 else np.ones(HOUR)

    def _judge(self, name: str, brand: _Brand, hour: int, share: float) -> None:
        """Opens, holds and ends the incident of a brand, minute by minute of one hour."""
        look = _look(brand, share)
        campaign = self._in_campaign(name, hour)
        needed = NEEDED[:, None] * np.where(campaign, CAMPAIGN_FACTOR, 1.0)
        passes = (look.share_score >= SHARE_NEEDED) & (look.count_score >= COUNT_NEEDED)
        opens = passes & (look.score >= needed) & (look.growth >= GROWING[:, None])
        holds = (look.score >= KEPT * needed).any(axis=0)
        events: list[tuple[int, int | None]] = [
            (hour * 3600 + (int(m) + 1) * 60, int(m)) for m in np.flatnonzero(holds | opens.any(axis=0))
        ]
        loud = dict(brand.loud)
        for time, minute in sorted(events + [(t, None) for t in loud], key=lambda e: e[0]):
            self._expire(brand, time)
            if minute is None:
                opened = _loud(name, time, loud[time])
            elif opens[:, minute].any():
                opened = _described(name, time, look, minute, opens[:, minute], bool(campaign[minute]))
            else:
                opened = None
            if brand.open is None and opened is not None:
                brand.open = opened
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
class _Look:
    """One hour of a brand over all windows: arrays [windows, 60]; share [60]."""

    negative: Floats
    mentions: Floats
    expected: Floats
    share: float
    count_score: Floats
    share_score: Floats
    growth: Floats

    @property
    def score(self) -> Floats:
        """What is compared with NEEDED, in nats."""
        return self.count_score + SHARE_WEIGHT[:, None] * self.share_score


def _sums(values: Floats, window: int) -> Floats:
    """[60]: the sum over the last `window` minutes, at the end of each minute of the last hour."""
    total = np.zeros(len(values) + 1)
    np.cumsum(values, out=total[1:])
    sums: Floats = total[-HOUR:] - total[-HOUR - window : -window]
    return sums


def _look(brand: _Brand, share: float) -> _Look:
    """The sums of the hour that ends now, and their evidence."""
    mentions, negative, expected = (np.stack([_sums(row, w) for w in WINDOWS]) for row in brand.past)
    expected = share * expected
    recent = _sums(brand.past[1], 5) / 5
    return _Look(
        negative=negative,
        mentions=mentions,
        expected=expected,
        share=share,
        count_score=negative_binomial_evidence(negative, expected + 0.5, COUNT_SHAPE),
        share_score=beta_binomial_evidence(negative, mentions, np.full_like(mentions, share), SHARE_SHAPE),
        growth=recent / np.maximum(negative / np.array(WINDOWS)[:, None], 1e-9),
    )


def _loud(name: str, time: int, followers: int) -> Incident:
    reason = f"A negative mention of an account with {followers:,} followers."
    return Incident(name, time, None, "red" if followers >= 3 * REACH else "amber", "influencer", reason)


def _described(
    name: str, time: int, look: _Look, minute: int, opens: NDArray[np.bool_], campaign: bool
) -> Incident:
    """The incident in words, by the shortest window that opens it."""
    w = int(np.flatnonzero(opens)[0])
    negative, mentions = float(look.negative[w, minute]), float(look.mentions[w, minute])
    expected = float(look.expected[w, minute])
    ratio, lift = negative / max(expected, 0.1), mentions * look.share / max(expected, 0.1)
    if campaign:
        kind = "backfire"
    elif WINDOWS[w] <= 40:
        kind = "sudden"
    else:
        kind = "sentiment_turn" if lift < 1.3 else "slow_burn"
    reason = (
        f"{negative:.1f} negative mentions (weighted) in {WINDOWS[w]} min where {expected:.1f} are usual"
        f" ({ratio:.1f} times), {100 * negative / max(mentions, 1e-9):.0f} % of all where"
        f" {100 * look.share:.0f} % is usual; evidence {float(look.score[w, minute]):.1f} nats."
    )
    return Incident(name, time, None, "red" if ratio >= 6 and negative >= 30 else "amber", kind, reason)


def incidents(mentions: Iterable[Mention], campaigns: Sequence[Campaign] = ()) -> Iterator[Incident]:
    """The incidents that mentions, in order of arrival, would have opened; by the time they were opened."""
    watch = Watch(campaigns)
    for mention in mentions:
        watch.take(mention)
    yield from watch.finish()
