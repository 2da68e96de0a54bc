"""What reaches us late belongs to the minute in which it was published, not to the one in which we heard it.

    late when heard - published > max(2 min, 2 x usual),    usual: the source's median lag

over the last 24 hours in which it brought something new, each hour counting as the newest batch in it. Of a
batch that is max(smallest, median - half of the time since the batch before): what lay about while the source
gathered is no delay of its own. So the backlog of an outage is late, however much it is, for it fills an hour
or two; a suite that pushes every six hours makes no heap of them; and a source that is always hours late is
heard when it speaks. Until six hours are known the usual lag is taken as none. Two minutes are
so few that what was held back for less makes no spike: twice the usual is below the ratios of alerts.

Decided once, when a mention is stored: recounts go by what was decided. Where the transport tells itself when
it had an item, that is believed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median

from sqlalchemy import ARRAY, Double, ForeignKey, select, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, ReadSession, Row, WriteSession
from mentions.figures import Change
from mentions.monitor import Monitor
from mentions.source import Source

ALWAYS = timedelta(minutes=2)
"""So late is nothing."""
TIMES = 2
KNOWN_AFTER = 6
"""Hours with something new from which a source's usual lag is known."""
HOURS = 24
OPEN_MINUTES = 5
"""What is added to so late a minute is none of the past: the detector has not closed it yet."""
LONGEST = timedelta(days=8)
"""What was published longer ago is an archive or has a wrong clock; it tells nothing of a source's delay."""
FIRST = datetime(1990, 1, 1, tzinfo=UTC)
"""What says that it is older has a wrong clock, or none."""

Usual = Mapping[int, timedelta]
"""The usual lags by source; none for those of which it is not known."""


class SourceLag(Base):
    """How late a source was in each of its last hours."""

    __tablename__ = "source_lag"

    source_id: Mapped[int] = mapped_column(ForeignKey(Source.id, ondelete="CASCADE"), primary_key=True)
    hour: Mapped[int]
    """Since 1970-01-01 UTC: the newest in which it brought something new."""
    lags: Mapped[list[float]] = mapped_column(ARRAY(Double))
    """Seconds from published to heard, without the gathering; the newest hour first."""


class LateCount(Row):
    """What was added to minutes of the past; the detector takes these rows away when it has seen to them."""

    __tablename__ = "late_count"

    monitor_id: Mapped[int] = mapped_column(ForeignKey(Monitor.id, ondelete="CASCADE"))
    minute: Mapped[int]
    """The earliest of them."""
    volume: Mapped[int]
    harm: Mapped[int]


def heard_at(published_at: datetime, arrived_at: datetime, usual: timedelta | None) -> datetime:
    """When a mention counts as heard that reached us at `arrived_at`."""
    if published_at < FIRST or arrived_at - published_at <= max(ALWAYS, TIMES * (usual or timedelta())):
        return arrived_at
    return published_at


async def usual_of(session: ReadSession, source_ids: Collection[int]) -> Usual:
    """The usual lags of these sources."""
    rows = await session.execute(
        select(SourceLag.source_id, SourceLag.lags).where(SourceLag.source_id.in_(source_ids))
    )
    return {
        source_id: timedelta(seconds=median(lags)) for source_id, lags in rows if len(lags) >= KNOWN_AFTER
    }


_LEARN = text(f"""
    INSERT INTO source_lag AS old (source_id, hour, lags)
    SELECT :source, :hour, ARRAY[greatest(CAST(:least AS float8), CAST(:middle AS float8) - extract(
        epoch FROM CAST(:first AS timestamptz) - max(last_received_at)) / 2)]
    FROM source_health WHERE source_id = :source
    ON CONFLICT (source_id) DO UPDATE SET hour = greatest(old.hour, excluded.hour), lags = (excluded.lags ||
        CASE WHEN excluded.hour > old.hour THEN old.lags ELSE old.lags[2:] END)[1:{HOURS}]""")  # noqa: S608


async def learn(session: WriteSession, heard: Iterable[tuple[int, datetime, datetime]]) -> None:
    """Note how late new mentions were: (source, published, arrived). In one order, against deadlocks.

    Before they are noted as received (`mentions.intake.source_health`): the batch before counts.
    """
    lags: dict[int, list[float]] = {}
    times: dict[int, list[datetime]] = {}
    for source_id, published_at, arrived_at in heard:
        lag = arrived_at - published_at
        if lag < LONGEST:
            lags.setdefault(source_id, []).append(max(0.0, lag.total_seconds()))
            times.setdefault(source_id, []).append(arrived_at)
    for source_id in sorted(lags):
        hour = int(max(times[source_id]).timestamp()) // 3600
        least, middle = min(lags[source_id]), median(lags[source_id])
        learned = {"source": source_id, "hour": hour, "least": least, "middle": middle}
        await session.execute(_LEARN, {**learned, "first": min(times[source_id])})


async def note(
    session: WriteSession, changes: Sequence[tuple[tuple[int, int], Change, int]], now: datetime
) -> None:
    """Tell the detector what these changes of counts add to the past.

    now: the present. What came in time and waited for a worker is late for the detector, too.
    """
    rows: dict[int, LateCount] = {}
    open_from = int(now.timestamp()) // 60 - OPEN_MINUTES
    for (monitor_id, at), change, _ in changes:
        if at < open_from:
            row = rows.setdefault(monitor_id, LateCount(monitor_id=monitor_id, minute=at, volume=0, harm=0))
            row.minute = min(row.minute, at)
            row.volume += change.volume
            row.harm += change.harm
    session.add_all(rows.values())
