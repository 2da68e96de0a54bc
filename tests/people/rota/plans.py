"""Plans at random, in zones that change their clocks in every way there is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from people.rota.plan import Absence, Layer, Override, Plan
from people.rota.rotation import Rotation
from people.rota.windows import Window

ZONES = [
    "Europe/Madrid",
    "America/New_York",
    "Australia/Lord_Howe",  # changes by half an hour
    "Asia/Kathmandu",  # 5:45 ahead, never changes
    "Africa/Casablanca",  # goes back for Ramadan
    "Pacific/Apia",  # left out the whole 30 December 2011
    "America/Santiago",  # changes at midnight
    "UTC",
]
AROUND = [
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # Europe goes forward
    datetime(2026, 10, 25, 1, tzinfo=UTC),  # and back
    datetime(2026, 3, 8, 7, tzinfo=UTC),  # New York goes forward
    datetime(2026, 11, 1, 6, tzinfo=UTC),  # and back
    datetime(2026, 4, 4, 15, tzinfo=UTC),  # Lord Howe goes back by half an hour
    datetime(2026, 9, 6, 4, tzinfo=UTC),  # Santiago has no midnight
    datetime(2026, 2, 15, 2, tzinfo=UTC),  # Casablanca, for Ramadan
    datetime(2011, 12, 30, 10, tzinfo=UTC),  # Apia has no Friday
]
PEOPLE = st.integers(1, 6)

minutes = st.sampled_from([0, 0, 0, 15, 30, 45])
hours = st.builds(time, st.integers(0, 23), minutes)
lengths = st.one_of(
    st.integers(1, 14).map(lambda n: timedelta(days=n)), st.integers(1, 36).map(lambda n: timedelta(hours=n))
)
rotations = st.builds(
    lambda zone, day, hour, length, people, days: Rotation(
        ZoneInfo(zone),
        datetime.combine(day, hour),
        length,
        tuple(people),
        None if days is None else datetime.combine(day + timedelta(days=days), hour),
    ),
    st.sampled_from(ZONES),
    st.one_of(st.dates(date(2011, 11, 1), date(2011, 12, 20)), st.dates(date(2025, 1, 1), date(2026, 1, 31))),
    hours,
    lengths,
    st.lists(PEOPLE, min_size=1, max_size=5, unique=True),
    st.one_of(st.none(), st.none(), st.integers(1, 700)),
)  # fmt: skip
windows = st.builds(Window, st.frozensets(st.integers(0, 6), min_size=1), hours, hours)
layers = st.builds(Layer, st.integers(1, 9), rotations, st.lists(windows, max_size=2).map(tuple))
centres = st.sampled_from(AROUND)


@st.composite
def spans(draw: st.DrawFn, centre: datetime) -> tuple[datetime, datetime]:
    """A time of up to four days within a week of a change of the clocks, by quarters of an hour."""
    start = centre + timedelta(minutes=15 * draw(st.integers(-4 * 24 * 4, 4 * 24 * 4)))
    return start, start + timedelta(minutes=15 * draw(st.integers(1, 4 * 24 * 4)))


@st.composite
def overrides(draw: st.DrawFn, centre: datetime, key: int) -> Override:
    kind = draw(st.sampled_from(["instead", "add", "nobody"]))
    member = None if kind == "nobody" else draw(PEOPLE)
    instead_of = None if kind == "add" else draw(st.one_of(st.none(), PEOPLE))
    return Override(key, kind, member, instead_of, *draw(spans(centre)))  # type: ignore[arg-type]


@st.composite
def plans(draw: st.DrawFn, max_overrides: int = 3) -> tuple[Plan, datetime]:
    """A plan, and an instant at which some clocks change, around which it has overrides and absences."""
    centre = draw(centres)
    made = [draw(overrides(centre, key)) for key in range(draw(st.integers(0, max_overrides)))]
    absences = [Absence(draw(PEOPLE), *draw(spans(centre))) for _ in range(draw(st.integers(0, 3)))]
    return Plan(draw(st.lists(layers, max_size=3)), made, absences), centre
