"""What has been counted since an alert was told: a page that goes out later says it beside the claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.alert import Alert
from alerts.judging.newcomers import since_onsets, without
from alerts.judging.roster import FIGURES
from alerts.wording.compose import COUNTED, Grown
from kit.db import ReadSession
from mentions.counting.counts import minute_of, sums

FRESH = timedelta(minutes=2)
"""So long a claim's own figures are those of now."""


def told_at(evidence: Mapping[str, Any]) -> datetime | None:
    """The end of a claim's last minute, or as much of that as was over; None where no minutes are counted."""
    if "minute" not in evidence:
        return None
    return datetime.fromtimestamp(60 * (evidence["minute"] + evidence.get("fraction", 1)), UTC)


async def grown(session: ReadSession, alerts: Iterable[Alert], now: datetime) -> dict[int, Grown]:
    """By alert the figure of now, where what it claims is older, and a count that goes on."""
    older = {
        alert.id: (alert, at)
        for alert in alerts
        if alert.signal in COUNTED
        and alert.monitor_id is not None
        and alert.ended_at is None
        and (at := told_at(alert.evidence)) is not None
        and now - at >= FRESH
    }
    onsets = {key: (alert.monitor_id or 0, alert.evidence["since"]) for key, (alert, _) in older.items()}
    asked, until = set(onsets.values()), minute_of(now) + 1
    counted, apart = await sums(session, asked), await since_onsets(session, asked, until)
    return {
        key: Grown(
            observed=getattr(
                without(counted[onsets[key]], apart.get(onsets[key], ())), FIGURES[alert.signal]
            ),
            minutes=until - alert.evidence["since"],
            at=now,
            told_at=at,
        )
        for key, (alert, at) in older.items()
    }
