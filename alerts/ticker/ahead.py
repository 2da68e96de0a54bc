"""The compiled loop over minutes, made while nobody waits for it: the first time it takes seconds.

In a process of its own (`python -m alerts.ticker.ahead`): compiling is Python that holds the interpreter, and
in a thread it made each step of a page wait.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread
from time import monotonic

import numpy as np
import structlog

from alerts.detection.settings import BALANCED
from alerts.judging.roster import EACH, MANY_MINUTES, Around, advanced, empty
from kit import log as logs
from kit import settings as kit_settings
from kit.cache import cache_folder

log = structlog.get_logger(__name__)

SETTINGS = (BALANCED, replace(BALANCED, alarms_a_week=1.0))
"""Two loops: without alarms asked for, and with them."""
MODESTLY = 19  # the niceness


@contextmanager
def compiling() -> Iterator[subprocess.Popen[bytes]]:
    """The process that compiles, beside ours; it ends with ours, even if that is killed."""
    child = subprocess.Popen([sys.executable, "-m", "alerts.ticker.ahead"], stdin=subprocess.PIPE)
    Thread(target=child.wait, name="compiling", daemon=True).start()  # or it stays a zombie until we end
    try:
        yield child
    finally:
        child.terminate()
        child.communicate()


def compile_ahead() -> None:
    """Run both loops over calm minutes. What fails here fails again, and is told, where it is needed."""
    began = monotonic()
    try:
        for settings in SETTINGS:
            advanced(empty(1), np.zeros((EACH, MANY_MINUTES)), 1, (), Around(settings=settings))
    except Exception:
        log.exception("detector.not_compiled")
    else:
        log.info("detector.compiled", seconds=round(monotonic() - began, 1))


def _end_with_input() -> None:
    os.read(sys.stdin.fileno(), 1)  # not through the buffer, whose lock would be held when Python ends
    os._exit(1)  # whoever is compiling hears of nothing else


def main() -> None:
    """Web and worker start at once: the second one's turn comes when the first has written it to the disk."""
    folder = cache_folder()
    if folder is None:  # whoever needs it compiles for itself: nothing can be kept
        return
    Thread(target=_end_with_input, name="input", daemon=True).start()
    os.nice(MODESTLY)
    chosen = kit_settings.load()
    logs.configure(chosen.log_level, chosen.log_format)
    with (folder / "compiling.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        compile_ahead()


if __name__ == "__main__":
    main()
