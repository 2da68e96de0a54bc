"""What is kept with an alert so that it can be computed again from the minutes that are stored.

The detector's state depends on all that it has heard since it was warmed up, on settings that were changed
meanwhile, on outages that were noticed late. So its state is put aside once a day, and an alert keeps that of
its own monitor from the day before: what happened since is computed again from the stored minutes. A
monitor that is younger than that is computed from the first minute that it knows. What it knew when it made
the claim is kept, too: it has in it what is not known any more, such as mentions that came after their minute
was closed.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ForeignKey, LargeBinary, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from alerts.alert import Alert
from alerts.claims import Made, earlier_of
from alerts.detection.formulae import Floats
from alerts.detection.live import State
from alerts.judging.checkpoint import SETTLE_MINUTES, Checkpoint, Watched, counts_of, entries
from alerts.judging.findings import Finding
from alerts.judging.roster import EACH, Table, selected
from alerts.tuning.service import settings_since
from kit.db import Base, ReadSession, WriteSession
from mentions.counting.counts import minute_of, moment_of
from mentions.monitor import Monitor

DAY = 1440
KEPT_DAYS = 3

Put = tuple[int, int]
"""Where a state was put aside: its minute, and the number of its ticker or of the one monitor (`ALONE`)."""
ALONE = 1 << 32
"""Plus its id: where one monitor's state was put aside anew. So it comes before its ticker's."""

UNKNOWN = 255
MODULUS = 251
"""The largest prime that fits beside UNKNOWN in a byte: a change of a count goes unnoticed once in 251."""

WEIGHTS = np.array([7, 59, 101, 149, 193, 227, 31, 83], np.int64)
"""Of each signal in a fingerprint."""


class DetectorPast(Base):
    """The detector's state at the beginning of a day: as `DetectorState`, kept for some days.

    What came late for one monitor's past is put aside anew for it alone.
    """

    __tablename__ = "detector_past"

    minute: Mapped[int] = mapped_column(primary_key=True)
    shard: Mapped[int] = mapped_column(primary_key=True, server_default="0")
    """As in `Put`."""
    series: Mapped[list[Any]]
    arrays: Mapped[bytes] = mapped_column(LargeBinary)


class Basis(Base):
    """From where a claim can be computed again, and what the detector saw since."""

    __abstract__ = True

    alert_id: Mapped[int] = mapped_column(
        ForeignKey(Alert.id, ondelete="CASCADE"), primary_key=True, sort_order=-1
    )
    after: Mapped[int]
    """The minute (since 1970-01-01 UTC) after which the detector is run again."""
    state: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What it knew after that minute of this monitor, compressed; null: nothing, the minutes are all."""
    live_since: Mapped[int]
    """The minute from which it was watched live; what lies before was learned at once."""
    minute: Mapped[int]
    """The minute that was judged; it was open,"""
    fraction: Mapped[float]
    """so much of it over,"""
    at: Mapped[datetime]
    """at this time."""
    open_counts: Mapped[list[Any]]
    """What had been counted of that minute, by signal: more came afterwards."""
    seen: Mapped[bytes] = mapped_column(LargeBinary)
    """A byte for each minute in between (`fingerprint`), compressed."""
    settings: Mapped[list[Any] | None]
    """[minute, settings]: what the monitor's detector was set to, from each of these minutes on."""
    near_after: Mapped[int | None]
    """The minute that was closed last when the claim was made,"""
    near: Mapped[bytes | None] = mapped_column(LargeBinary)
    """and what the detector knew after it of this monitor, compressed."""


class ClaimBasis(Basis):
    """That of each claim of an alert."""

    __tablename__ = "claim_basis"

    number: Mapped[int] = mapped_column(primary_key=True)
    """As in `alerts.claims`."""


class AlertBasis(Basis):
    """That of an alert's newest claim, as versions before 0025 kept it."""

    __tablename__ = "alert_basis"


def fingerprint(counts: Table) -> NDArray[np.uint8]:
    """A byte for each minute of counts [signal, minute]: equal counts, equal bytes."""
    known = ~np.isnan(counts).any(axis=0)
    hundredths = np.rint(100 * np.where(known, counts, 0.0)).astype(np.int64)
    mixed = (hundredths % MODULUS * WEIGHTS[: len(counts), None]).sum(axis=0) % MODULUS
    return np.where(known, mixed, UNKNOWN).astype(np.uint8)


def changed_minutes(basis: Basis, counts: Table) -> list[int]:
    """Which minutes hold something else now; counts [signal, minute] are those behind `after`."""
    then = np.frombuffer(zlib.decompress(basis.seen), np.uint8)
    now = fingerprint(counts[:, : len(then)])
    return [basis.after + 1 + int(place) for place in np.flatnonzero(then != now)]


def as_seen(finding: Finding, counts: Floats, fraction: float, monitors: Sequence[Monitor]) -> Finding:
    """With what had been counted of the open minute in its evidence; counts [S] of all monitors' series."""
    place = EACH * [monitor.id for monitor in monitors].index(finding.monitor.id)
    seen = [None if isnan(count) else count for count in counts[place : place + EACH].tolist()]
    return replace(finding, evidence={**finding.evidence, "fraction": fraction, "open_counts": seen})


async def remember(
    session: WriteSession, before: Checkpoint | None, checkpoint: Checkpoint, shard: int = 0
) -> None:
    """Put a ticker's first state of each day aside, and drop those that are too old to be of use."""
    minute = checkpoint.state.minute
    if before is not None and before.state.minute // DAY == minute // DAY:
        return
    values = {
        "minute": minute,
        "shard": shard,
        "series": entries(checkpoint),
        "arrays": checkpoint.state.to_bytes(),
    }
    await session.execute(insert(DetectorPast).values(values).on_conflict_do_nothing())
    await session.execute(delete(DetectorPast).where(DetectorPast.minute < minute - KEPT_DAYS * DAY))


async def remember_anew(session: WriteSession, checkpoint: Checkpoint) -> None:
    """Put aside, each by itself, what these monitors know after a minute whose past was corrected."""
    minute = checkpoint.state.minute
    fresh = insert(DetectorPast)
    values = {"series": fresh.excluded.series, "arrays": fresh.excluded.arrays}
    await session.execute(
        fresh.on_conflict_do_update(index_elements=[DetectorPast.minute, DetectorPast.shard], set_=values),
        [
            {
                "minute": minute,
                "shard": ALONE + one.monitor_id,
                "series": [one.entry],
                "arrays": selected(checkpoint.state, [place]).to_bytes(),
            }
            for place, one in enumerate(checkpoint.watched)
        ],
    )


class Pasts:
    """What is known and what was put aside, for all the alerts of a tick: each of it is read once."""

    def __init__(self, session: ReadSession, checkpoint: Checkpoint) -> None:
        self._session = session
        self.checkpoint = checkpoint
        self._now = {one.monitor_id: place for place, one in enumerate(checkpoint.watched)}
        self._places: dict[Put, dict[Watched, int]] | None = None
        self._states: dict[Put, State] = {}

    def near(self, monitor_id: int) -> tuple[Watched, State]:
        """The monitor as it stands in the checkpoint, and what is known of it."""
        place = self._now[monitor_id]
        return self.checkpoint.watched[place], selected(self.checkpoint.state, [place])

    async def base(self, watched: Watched, minute: int) -> tuple[int, State | None]:
        """The newest state that is a day old and of this monitor's present life; else its first minute."""
        places = await self._known()
        fitting = [
            past
            for past in places
            if watched.live_since <= past[0] <= minute - DAY and watched in places[past]
        ]
        if not fitting:
            return watched.learned_from - 1, None
        return fitting[0][0], selected(await self._state(fitting[0]), [places[fitting[0]][watched]])

    async def later(self, part: Checkpoint, until: int) -> list[int]:
        """The minutes behind it, to `until`, after which a state of any of its monitors was put aside."""
        minutes = {
            minute
            for (minute, _), known in (await self._known()).items()
            if part.state.minute < minute <= until and not known.keys().isdisjoint(part.watched)
        }
        return sorted(minutes)

    async def _known(self) -> dict[Put, dict[Watched, int]]:
        """The places of those whose series are in each; the newest first, and what was corrected."""
        if self._places is None:
            query = select(DetectorPast.minute, DetectorPast.shard, DetectorPast.series).order_by(
                DetectorPast.minute.desc(), DetectorPast.shard.desc()
            )
            self._places = {
                (minute, shard): {Watched(*entry): place for place, entry in enumerate(series)}
                for minute, shard, series in await self._session.execute(query)
            }
        return self._places

    async def _state(self, put: Put) -> State:
        """All that was known then: of thousands of monitors it is a hundred megabytes."""
        if put not in self._states:
            minute, shard = put
            query = select(DetectorPast.arrays).where(
                DetectorPast.minute == minute, DetectorPast.shard == shard
            )
            arrays = (await self._session.scalars(query)).one()
            self._states[put] = await asyncio.to_thread(State.from_bytes, arrays)
        return self._states[put]


async def keep(session: WriteSession, alert_id: int, finding: Finding, now: datetime, pasts: Pasts) -> None:
    """Store what the claim can be computed from again; nothing for a finding that no series led to."""
    evidence = finding.evidence
    if "open_counts" not in evidence:
        return
    watched, near = pasts.near(finding.monitor.id)
    after, state = await pasts.base(watched, int(evidence["minute"]))
    if after < 0:
        return  # warmed up by code that did not note from when on
    heard = await counts_of(session, [finding.monitor], after + 1, int(evidence["minute"]))
    values = {
        "alert_id": alert_id,
        "number": 1 + len((await earlier_of(session, [alert_id])).get(alert_id, ())),
        "after": after,
        "state": None if state is None else zlib.compress(state.to_bytes()),
        "settings": await _settings_since(session, finding.monitor.id, after + 1),
        "near_after": near.minute,
        "near": zlib.compress(near.to_bytes()),
        "live_since": watched.live_since,
        "minute": evidence["minute"],
        "fraction": evidence["fraction"],
        "at": now,
        "open_counts": evidence["open_counts"],
        "seen": zlib.compress(fingerprint(heard.counts).tobytes()),
    }
    fresh, keys = insert(ClaimBasis).values(values), [ClaimBasis.alert_id, ClaimBasis.number]
    await session.execute(fresh.on_conflict_do_update(index_elements=keys, set_=values))


async def bases_of(session: ReadSession, claim: Made) -> list[Basis]:
    """What was kept with it, or with another one by an older version."""
    found = await session.get(ClaimBasis, (claim.alert.id, claim.number))
    older = await session.get(AlertBasis, claim.alert.id)
    return [one for one in (found, older) if one is not None]


async def _settings_since(session: ReadSession, monitor_id: int, first: int) -> list[tuple[int, Any]]:
    """As `Basis.settings`, from the minute `first` on: a minute is closed with what is set by then."""
    steps = await settings_since(session, monitor_id, moment_of(first))
    return [
        (first if at is None else minute_of(at) - SETTLE_MINUTES, asdict(settings)) for at, settings in steps
    ]
