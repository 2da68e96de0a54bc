"""How a process learns that it is time to end."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading


def stop_on_signals(*, supervised: bool = False) -> asyncio.Event:
    """An event set by SIGTERM or SIGINT, and, when supervised, by the supervisor's death."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if supervised:
        end_with_supervisor()
    return stop


def end_with_supervisor() -> None:
    """Send SIGTERM to this process when its standard input, the supervisor's end of a pipe, closes.

    A supervisor that was killed cannot tell its children; the kernel closes the pipe for it.
    """
    descriptor = sys.stdin.fileno()

    def watch() -> None:
        # Not by the buffered reader: its lock, held here, would break the interpreter's own exit.
        while os.read(descriptor, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="supervisor-watch", daemon=True).start()
