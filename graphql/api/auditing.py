"""Whether the bell would ring: what the auditor found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from alerts.audit import auditor
from alerts.audit.look import LOUD
from alerts.wording.compose import retold
from alerts.wording.phrases import PHRASES
from api.context import Info
from people.permissions import require_house


@strawberry.type(description="Something about the bell that should not be.")
class AuditFinding:
    kind: str
    count: int
    since: datetime | None
    about: str
    loud: bool = strawberry.field(description="Somebody must act now: every page says so.")


@strawberry.type(description="The auditor's latest look.")
class BellStatus:
    at: datetime | None = strawberry.field(description="When it looked; null: it never has.")
    stale: bool = strawberry.field(description="It should have looked again since: no worker does.")
    clean: bool = strawberry.field(description="Nothing was wrong, and the look is fresh.")
    clean_since: datetime | None
    findings: list[AuditFinding]
    heartbeat: bool = strawberry.field(description="Whether an outside address is told that all is well.")
    heartbeat_at: datetime | None
    heartbeat_error: str | None = strawberry.field(description="In the reader's language.")


@strawberry.type
class AuditQuery:
    @strawberry.field(
        description="Whether anything stands between an alert and its page, as of a minute ago."
    )
    async def bell_status(self, info: Info) -> BellStatus:
        require_house(info.context.viewer)
        async with info.context.read() as session:
            row = await auditor.latest(session)
        heartbeat = info.context.core.settings.heartbeat_url is not None
        if row is None:
            return BellStatus(
                at=None, stale=True, clean=False, clean_since=None, findings=[], heartbeat=heartbeat,
                heartbeat_at=None, heartbeat_error=None,
            )  # fmt: skip
        stale = info.context.now - row.at > auditor.MISSED
        return BellStatus(
            at=row.at,
            stale=stale,
            clean=not row.findings and not stale,
            clean_since=row.clean_since,
            findings=[_finding(one, info.context.language) for one in row.findings],
            heartbeat=heartbeat,
            heartbeat_at=row.heartbeat_at,
            heartbeat_error=PHRASES.told(row.heartbeat_error, info.context.language),
        )


def _finding(one: dict[str, Any], language: str) -> AuditFinding:
    since = datetime.fromisoformat(one["since"]) if one.get("since") else None
    return AuditFinding(
        kind=one["kind"],
        count=one["count"],
        since=since,
        about=retold(one.get("about") or "", language),
        loud=one["kind"] in LOUD,
    )
