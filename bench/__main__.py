"""`make bench`: every benchmark's table, with the machine it ran on."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

from bench import spine

OWN_TABLES = ("bench.flow", "bench.listening_storm", "bench.memory",
    "bench.sentiment", "bench.detection", "bench.copies", "bench.matching", "bench.streams",
    "bench.backtest", "bench.knob", "bench.alerts_in", "bench.fault_storm", "bench.idle",
    "bench.corrections",
)  # fmt: skip
"""Benchmarks that print tables of their own, each in a process of its own."""


def main() -> int:
    print(
        f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}\n", flush=True
    )
    width = 62
    for figure in spine.main():
        print(f"{figure.what:<{width}} {figure.value:>18}   {figure.bar and 'bar ' + figure.bar}")
    failed = 0
    for name in OWN_TABLES:
        print(f"\n{name}", flush=True)
        failed |= subprocess.run([sys.executable, "-m", name], check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
