"""The compiled loop over minutes, made while nobody waits for it: the first time it takes seconds."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread
from time import monotonic

import numpy as np
import structlog

from alerts.detection.settings import BALANCED
from alerts.roster import EACH, MANY_MINUTES, advanced, empty

log = structlog.get_logger(__name__)

SETTINGS = (BALANCED, replace(BALANCED, alarms_a_week=1.0))
"""Two loops: without alarms asked for, and with them."""


def compile_ahead() -> None:
    """Run both loops over calm minutes. What fails here fails again, and is told, where it is needed."""
    began = monotonic()
    try:
        for settings in SETTINGS:
            advanced(empty(1), np.zeros((EACH, MANY_MINUTES)), 1, (), settings=settings)
    except Exception:
        log.exception("detector.not_compiled")
    else:
        log.info("detector.compiled", seconds=round(monotonic() - began, 1))


def start_compiling() -> Thread:
    """The same beside the process's work; it holds up neither its start nor its end."""
    thread = Thread(target=compile_ahead, name="compiling", daemon=True)
    thread.start()
    return thread
