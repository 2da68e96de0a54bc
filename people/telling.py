"""Record what a person did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kit.db import WriteSession
from kit.events import record
from people.permissions import Viewer


def tell(session: WriteSession, viewer: Viewer | None, kind: str, *, now: datetime, **about: Any) -> None:
    """An event of this kind, by the viewer. `about`: what it is about, as `kit.events.record` takes it.

    viewer: None where a set-up file says it.
    """
    by: dict[str, Any] = {"actor": viewer.name, "actor_id": viewer.member_id} if viewer else {}
    record(session, kind, at=now, **by, **about)
