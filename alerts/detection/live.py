"""The live detector: one minute for all series at once, in arithmetic on arrays, the past only.

Each series keeps three running windows, one per multiple r of the expected rate (RATES: slow, middling,
sudden). A window is Page's CUSUM of the Poisson log-likelihood ratio,

    S = (ln(r) observed - (r - 1) expected) / dispersion - dropped,

where observed and expected are sums since the window began. It begins anew whenever S falls to 0, so its
beginning estimates the onset, and a slow burn gathers evidence over days while a burst does within a
minute. What exceeds the score needed is dropped, so that the end of a burst is noticed as soon as its
beginning was. The score of a window is formulae.count_evidence (for a negative series together with
share_evidence) of the sums since its beginning: closed form, to be recomputed by hand.

Sources: Page 1954; Lorden 1971 (an alarm every e^h minutes at most by chance); Lucas 1985 (counts).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alerts.detection import baseline
from alerts.detection.evidence import Evidence, explain, recompute, score_of
from alerts.detection.formulae import TINY, Floats
from alerts.detection.lift import Lift
from alerts.detection.settings import BALANCED, FEWER, MORE, Settings
from alerts.detection.state import NO_MINUTE, RATES, State

__all__ = [
    "BALANCED",
    "FEWER",
    "MORE",
    "Evidence",
    "Settings",
    "State",
    "advance",
    "explain",
    "peek",
    "recompute",
]

SILENT_START = 10
"""Minutes at the very beginning of a series that only teach: a source that began is not a spike."""

COLD_WINDOW = 90
"""Minutes after which a window of a series with under a day of history begins anew, unless it has opened an
alert: without knowing the rhythm of a day, the rise of a morning looks like a slow burn."""

HELD_MINUTES = 2880
"""Minutes after the opening of an alert until the baseline learns again without restraint: what has lasted
for two days is the new normal, and an alert about it must be able to end."""

LONGEST_MET = 10_080
"""Minutes up to which it is counted how long all that an alert needs has been there."""

HALF_HOUR = 30
"""Memory of the means from which the dispersion is learned, minutes: together they weigh about an hour."""

DISPERSION_MINUTES = 4320
"""Memory of the dispersion, minutes."""

DISPERSION_CUT = 4.0
"""Times the dispersion that one minute may teach at most."""

SHARE_MINUTES = 10080
"""Memory of the usual share and of how often harm is said, minutes."""

SHARE_PRIOR = (7.0, 20.0)
"""Negative and all mentions that stand for what is not known yet: 35 % negative, worth 20 mentions."""

HARM_PRIOR = (1.0, 1 / baseline.LEAST_RATE)
"""Mentions of harm and minutes that stand for what is not known yet. What is never said for weeks is expected
less and less, what is said now and then at least as often as in the last week, whatever the hour."""

CHUNK = 32_768
"""Series per pass: fewer leave much of the time to Python, for more the working arrays outgrow the cache."""


def advance(
    state: State,
    counts: ArrayLike,
    *,
    minute: int,
    settings: Settings = BALANCED,
    deaf: NDArray[np.bool_] | None = None,
    lift: Lift | None = None,
    newcomers: Floats | None = None,
) -> tuple[State, Evidence]:
    """Close one minute for every series.

    counts [S]: mentions that arrived in that minute; NaN where nothing is known: such a series neither
    learns nor accuses. deaf [S]: where a source that carries much of the series was out. What arrived all
    the same is less than what was said: it accuses when it is more than usual, calms nothing, teaches
    nothing. lift [S]: what is expected beyond the usual. A count between the usual one and the lifted one
    teaches nothing new. newcomers [S]: what is expected on top because the counts hold sources that are too
    new to learn from (newcomers.py); 0 where they hold none. minute: unix minutes, later than the state's;
    minutes left out in between are unknown for all.
    ValueError for a wrong shape, a negative or infinite count, or a minute that is not later.
    """
    values = _checked(state, counts, minute)
    state = _hours_closed(state, minute)
    return _step(state, values, minute, 1.0, settings, deaf, lift, newcomers)


def peek(
    state: State,
    counts: ArrayLike,
    elapsed_fraction: float,
    *,
    minute: int,
    settings: Settings = BALANCED,
    deaf: NDArray[np.bool_] | None = None,
    lift: Lift | None = None,
    newcomers: Floats | None = None,
) -> Evidence:
    """Judge a minute that is still open, of which `elapsed_fraction` (0..1] has passed. Changes nothing.

    Arguments and errors as in `advance`, the counts being those of the part that has passed.
    """
    if not 0 < elapsed_fraction <= 1:
        raise ValueError("elapsed_fraction must be above 0 and at most 1")
    values = _checked(state, counts, minute)
    closed = _hours_closed(state, minute)
    return _step(closed, values, minute, elapsed_fraction, settings, deaf, lift, newcomers)[1]


@dataclass(frozen=True)
class _Minute:
    """What one pass over some of the series works on; arrays [S], `past` holds the state's columns."""

    past: dict[str, NDArray[Any]]
    count: Floats
    whole_count: Floats
    seen: NDArray[np.bool_]
    taught: NDArray[np.bool_]
    """Seen, with nothing missing and nothing too new: fit to learn from."""
    season: Floats
    lift: Floats
    """How many times the usual is expected."""
    expected: Floats
    usual_share: Floats
    dispersion: Floats
    negative: NDArray[np.bool_]
    cold: NDArray[np.bool_]
    minute: int


def _checked(state: State, counts: ArrayLike, minute: int) -> Floats:
    """The counts as floats; ValueError says what is wrong with them."""
    values = np.asarray(counts, dtype=np.float64)
    if values.shape != (state.series,):
        raise ValueError(f"counts have the shape {values.shape}, the state has {state.series} series")
    if values.size and (np.nanmin(values, initial=0.0) < 0 or np.isinf(values).any()):
        raise ValueError("counts must be finite and not negative")
    if minute <= state.minute:
        raise ValueError(f"minute {minute} is not later than {state.minute}")
    return values


def _hours_closed(state: State, minute: int) -> State:
    """The state with its running hour put into the tables, if `minute` lies in a later one."""
    if state.minute == NO_MINUTE or state.minute // 60 == minute // 60:
        return state
    hour = state.minute // 60
    enough = state.hour_minutes >= 30
    rate = state.hour_sum / np.maximum(state.hour_minutes, 1)
    days = np.clip(state.history // baseline.DAY + 1, 1, baseline.DAYS_KEPT)
    weeks = np.clip(state.history // (7 * baseline.DAY) + 1, 1, baseline.WEEKS_KEPT)
    of_day, of_week = list(state.of_day), list(state.of_week)
    d, w = baseline.hour_of_day(hour), baseline.hour_of_week(hour)
    of_day[d] = baseline.folded(of_day[d], rate, enough, 1.0 / days)
    of_week[w] = baseline.folded(of_week[w], rate, enough, 1.0 / weeks)
    return replace(
        state,
        of_day=tuple(of_day),
        of_week=tuple(of_week),
        hour_sum=np.zeros_like(state.hour_sum),
        hour_minutes=np.zeros_like(state.hour_minutes),
    )


def _step(
    state: State,
    values: Floats,
    minute: int,
    fraction: float,
    settings: Settings,
    deaf: NDArray[np.bool_] | None,
    lift: Lift | None,
    newcomers: Floats | None,
) -> tuple[State, Evidence]:
    """One minute, or a part of one, for all series: in passes over CHUNK series each."""
    deaf = np.zeros(state.series, dtype=np.bool_) if deaf is None else deaf
    lift = Lift.none(state.series) if lift is None else lift
    negative = state.partner >= 0
    whole = np.where(negative, values[state.partner], 0.0) if negative.any() else np.zeros_like(values)
    columns = {name: getattr(state, name) for name in State.column_names()}
    after: dict[str, Any] = {}
    claim: dict[str, Any] = {}
    hour = baseline.Hour.of(minute)
    for start in range(0, max(state.series, 1), CHUNK):
        part = slice(start, start + CHUNK)
        past = {name: array[..., part] for name, array in columns.items()}
        now = _prepared(
            state, past, part, values[part], whole[part], deaf[part], lift.at(part),
            None if newcomers is None else newcomers[part], hour, minute, fraction,
        )  # fmt: skip
        learned, claimed = _passed(now, settings.part(part))
        for of_all, of_part in ((after, learned), (claim, claimed)):
            for name, array in of_part.items():
                if name not in of_all:
                    of_all[name] = np.empty((*array.shape[:-1], state.series), array.dtype)
                of_all[name][..., part] = array
    return replace(state, minute=minute, **after), Evidence(minute=minute, settings=settings, **claim)


def _prepared(
    state: State,
    past: dict[str, NDArray[Any]],
    part: slice,
    count: Floats,
    whole: Floats,
    deaf: NDArray[np.bool_],
    lift: Lift,
    newcomers: Floats | None,
    hour: baseline.Hour,
    minute: int,
    fraction: float,
) -> _Minute:
    """What is expected of the minute, before anything is learned from it."""
    seen = ~(np.isnan(count) | np.isnan(whole))
    count, whole = np.where(seen, count, 0.0), np.where(seen, whole, 0.0)
    negative = past["partner"] >= 0
    cold = past["history"] < baseline.DAY
    wide = np.where(cold, 0.0, lift.wide)
    season, widened = _season(state, past, part, hour, wide)
    level = baseline.level(past["recent_learned"], past["recent_season"])
    share = (past["usual_part"] + SHARE_PRIOR[0]) / (past["usual_whole"] + SHARE_PRIOR[1])
    share = np.where(cold, SHARE_PRIOR[0] / SHARE_PRIOR[1], share)
    of_late = (past["usual_part"] + HARM_PRIOR[0]) / (past["usual_whole"] + HARM_PRIOR[1])
    least = np.where(past["harm"], of_late, baseline.LEAST_RATE)
    least = np.where(cold, baseline.COLD_RATE, least)
    rate = np.maximum(season * level, least)
    times = lift.times * (np.maximum(widened * level, least) / rate)
    expected = rate * fraction
    expected = np.where(cold & negative, share * whole + baseline.LEAST_RATE * fraction, expected) * times
    settled = ~deaf
    if newcomers is not None:
        expected = expected + newcomers * fraction
        settled &= newcomers == 0
    seen &= ~deaf | (count > expected)  # less than usual is no news while we are deaf
    return _Minute(
        past=past,
        count=count,
        whole_count=whole,
        seen=seen,
        taught=seen & settled,
        season=season * fraction,
        lift=times,
        expected=np.where(seen, expected, 0.0),
        usual_share=np.where(negative, share, 0.0),
        dispersion=np.where(cold & (negative | past["harm"]), 1.0, past["dispersion"]),
        negative=negative,
        cold=cold,
        minute=minute,
    )


def _season(
    state: State, past: dict[str, NDArray[Any]], part: slice, hour: baseline.Hour, wide: Floats
) -> tuple[Floats, Floats]:
    """The seasonal rate in the middle of a minute, mentions a minute; and widened as far as `wide` says."""
    known = baseline.parts_known(past["history"])

    def rate(h: Any) -> Floats:
        week = state.of_week[baseline.hour_of_week(h)][part]
        day = state.of_day[baseline.hour_of_day(h)][part]
        return baseline.shrunk_rate(week, day, past["trailing"], *known)

    before, after = rate(hour.before), rate(hour.after)
    season = before + hour.nearness * (after - before)
    if not wide.any():
        return season, season
    steps = range(1, baseline.WIDE_HOURS + 1)
    around = (*(rate(hour.before - k) for k in reversed(steps)), before)
    around = (*around, after, *(rate(hour.after + k) for k in steps))
    return season, season + wide * (baseline.widest(around, hour.nearness) - season)


def _passed(now: _Minute, settings: Settings) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
    """The columns of the state that the minute moves, and the claim about it."""
    windows, scores = _windows(now, settings)
    claim = _strongest(now, windows, scores, settings)
    alarm = _alarm(now, claim, settings)
    claim |= {name: alarm[name] for name in ("firing", "level")}
    claim["opened"] = alarm["firing"] & ~now.past["firing"]
    claim["ended"] = now.past["firing"] & ~alarm["firing"]
    if claim["ended"].any():
        for name in ("observed", "expected", "whole", "dropped"):
            windows[name] = np.where(claim["ended"], 0.0, windows[name]).astype(windows[name].dtype)
        windows["since"] = np.where(claim["ended"], now.minute + 1, windows["since"]).astype(np.int32)
    lasting = alarm["firing"] & (now.minute - alarm["turned"] >= HELD_MINUTES)
    held = (alarm["firing"] | (claim["score"] > settings.lower * settings.score)) & ~lasting
    return {**windows, **alarm, **_learned(now, held)}, claim


def _windows(now: _Minute, settings: Settings) -> tuple[dict[str, NDArray[Any]], Floats]:
    """The three running windows after the minute, and their scores [3, S]."""
    past = now.past
    judged = now.seen & (past["history"] >= SILENT_START)
    observed = past["observed"] + np.where(judged, now.count, 0.0)
    expected = past["expected"] + np.where(judged, now.expected, 0.0)
    whole = past["whole"] + np.where(judged, now.whole_count, 0.0)
    rates = np.array(RATES)[:, None]
    ratio = (np.log(rates) * observed - (rates - 1.0) * expected) / now.dispersion
    s = ratio - past["dropped"]
    dropped = past["dropped"] + np.maximum(s - settings.score, 0.0)
    old = (
        now.cold
        & ~past["firing"]
        & (past["since"] != NO_MINUTE)
        & (now.minute - past["since"] >= COLD_WINDOW)
    )
    open_ = (s > 0) & ~old
    zero = np.zeros_like(observed)
    since = np.where(open_, np.where(past["since"] == NO_MINUTE, now.minute, past["since"]), now.minute + 1)
    windows = {
        "observed": np.where(open_, observed, zero),
        "expected": np.where(open_, expected, zero),
        "whole": np.where(open_, whole, zero),
        "dropped": np.where(open_, dropped, zero).astype(np.float32),
        "since": since.astype(np.int32),
    }
    scores = np.stack(
        [
            score_of(
                windows["observed"][j],
                windows["expected"][j],
                now.dispersion,
                windows["whole"][j],
                now.usual_share,
                now.negative,
            )
            for j in range(len(RATES))
        ]
    )
    return windows, scores


def _strongest(
    now: _Minute, windows: dict[str, NDArray[Any]], scores: Floats, settings: Settings
) -> dict[str, NDArray[Any]]:
    """The claim of each series' strongest window; one that passes ratio and floor goes first."""
    ratio = windows["observed"] / np.maximum(windows["expected"], TINY)
    passes = (ratio >= _ratio_needed(now, settings)) & (windows["observed"] >= _floor(now, settings))
    weight = scores + np.where(passes, 1e6, 0.0)
    first, second = (weight[0] >= weight[1]) & (weight[0] >= weight[2]), weight[1] >= weight[2]

    def of_best(rows: NDArray[Any]) -> Any:
        return np.where(first, rows[0], np.where(second, rows[1], rows[2]))

    expected, since, dispersion = of_best(windows["expected"]), of_best(windows["since"]), now.dispersion
    return {
        "observed": of_best(windows["observed"]),
        "expected": expected,
        "spread": np.sqrt(dispersion * expected),
        "ratio": of_best(ratio),
        "score": of_best(scores),
        "since": since,
        "window": (now.minute + 1 - since).astype(np.int32),
        "history": now.past["history"],
        "cold": now.cold,
        "dispersion": dispersion,
        "whole": of_best(windows["whole"]),
        "usual_share": now.usual_share,
        "negative": now.negative,
        "harm": now.past["harm"],
        "lift": now.lift,
    }


def _ratio_needed(now: _Minute, settings: Settings) -> Floats:
    """The ratio that opens an alert: a cold negative series has only its share, which cannot rise as far."""
    usual = np.where(now.cold, settings.ratio * settings.cold_ratio, settings.ratio)
    return np.where(now.cold & now.negative, settings.cold_factor, usual)


def _floor(now: _Minute, settings: Settings) -> Floats:
    """The mentions that an alert needs."""
    return np.where(now.past["harm"], settings.harm_floor, settings.floor)


def _alarm(now: _Minute, claim: dict[str, NDArray[Any]], settings: Settings) -> dict[str, NDArray[Any]]:
    """Opens, raises, keeps or ends the alert of each series."""
    past = now.past
    resting = (past["turned"] != NO_MINUTE) & (now.minute - past["turned"] < settings.rest_minutes)
    base = np.where(past["harm"], settings.harm_score, settings.score)
    needed = base * np.where(resting, settings.rest_factor, 1.0)
    # What counts as harm is rare by its meaning, whatever is known of this series.
    needed = needed * np.where(now.cold & ~past["harm"], settings.cold_factor, 1.0)
    enough = (claim["ratio"] >= _ratio_needed(now, settings)) & (claim["observed"] >= _floor(now, settings))
    enough &= claim["score"] >= needed
    starts = ~past["firing"] & enough & (past["met"] >= settings.persist_minutes)
    below = claim["score"] < settings.lower * settings.score
    quiet = np.where(past["firing"] & below, past["quiet"] + 1, 0)
    ends = past["firing"] & (quiet >= settings.calm_minutes)
    firing = (past["firing"] & ~ends) | starts
    red = (claim["ratio"] >= settings.red_ratio) & (claim["observed"] >= settings.red_floor)
    level = np.where(firing, np.maximum(past["level"], np.where(red, 2, 1)), 0)
    return {
        "firing": firing,
        "level": level.astype(np.int8),
        "quiet": np.where(firing, quiet, 0).astype(np.int16),
        "turned": np.where(starts | ends, now.minute, past["turned"]).astype(np.int32),
        "met": np.where(enough, np.minimum(past["met"], LONGEST_MET - 1) + 1, 0).astype(np.int16),
    }


def _learned(now: _Minute, held: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
    """What the minute teaches: rate, level, dispersion, share; nothing where it was not wholly seen."""
    past, taught = now.past, now.taught
    count = baseline.unlifted(now.count, now.expected, now.lift)
    usual = now.expected / now.lift
    count = baseline.learnable(count, usual, cold=now.cold, held=held)

    def moved(name: str, target: Floats, weight: Floats | float, where: NDArray[np.bool_] = taught) -> Floats:
        return np.where(where, past[name] + weight * (target - past[name]), past[name])

    def faded(name: str, amount: Floats, minutes: float) -> Floats:
        return np.where(taught, past[name] * (1.0 - 1.0 / minutes) + amount, past[name])

    trailing = 1.0 / np.minimum(past["history"] + 1.0, baseline.TRAILING_MINUTES)
    half, half_expected = (
        moved(n, v, 1 / HALF_HOUR, now.seen)  # what is happening, not what is usual
        for n, v in (("half_hour", now.count), ("half_hour_expected", now.expected))
    )
    surplus = 2 * HALF_HOUR * (half - half_expected) ** 2 / (half_expected + 0.5 / HALF_HOUR)
    surplus = np.where(
        held | (now.lift > 1), past["dispersion"], np.minimum(surplus, DISPERSION_CUT * past["dispersion"])
    )
    part = np.where(held, np.minimum(now.count, 1.25 * now.usual_share * now.whole_count), now.count)
    whole = now.whole_count + past["harm"]  # 0 for a harm series, which goes by minutes
    kept = now.negative | past["harm"]
    return {
        "history": past["history"] + taught.astype(np.int32),
        "trailing": moved("trailing", count, trailing),
        "recent_learned": faded("recent_learned", count, baseline.LEVEL_MINUTES),
        "recent_season": faded("recent_season", now.season, baseline.LEVEL_MINUTES),
        "half_hour": half,
        "half_hour_expected": half_expected,
        "dispersion": np.maximum(moved("dispersion", surplus, 1 / DISPERSION_MINUTES), 1.0),
        "hour_sum": past["hour_sum"] + np.where(taught, count, 0.0),
        "hour_minutes": past["hour_minutes"] + taught.astype(np.int16),
        "usual_part": np.where(kept, faded("usual_part", part, SHARE_MINUTES), 0.0),
        "usual_whole": np.where(kept, faded("usual_whole", whole, SHARE_MINUTES), 0.0),
    }
