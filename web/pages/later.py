"""Parts of a page that take arithmetic: the page is there without them, and they fail by themselves."""

from __future__ import annotations

from typing import Any

import structlog

from web.visit import Visit

log = structlog.get_logger(__name__)


async def tried(visit: Visit, operation: str, **variables: Any) -> dict[str, Any] | None:
    """What the operation gives; None where it fails, whatever the reason: the page says so in that place."""
    try:
        return await visit.ask(operation, **variables)
    except Exception:
        log.exception("page.part_failed", operation=operation)
        return None
