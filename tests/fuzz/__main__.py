"""`python -m tests.fuzz TARGET SECONDS`: fuzz one target; without arguments, name them all."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import tempfile
from pathlib import Path

import tests.fuzz

INSTRUMENTED = ["mentions", "kit", "jsonpath_rfc9535"]
LONGEST = 4096  # bytes of one input
PATIENCE = 10  # seconds after which one input counts as a hang
MEMORY = 2048  # megabytes


def targets() -> list[str]:
    """The names of all targets."""
    return sorted(one.name for one in pkgutil.iter_modules(tests.fuzz.__path__) if one.name[0] != "_")


def fuzz(name: str, seconds: int) -> None:
    """Fuzz until the time is over, or until something is found: then this ends with what it was."""
    try:
        import atheris
    except ImportError:
        sys.exit(
            "fuzz: atheris is not installed (pip install '.[fuzz]'; it has wheels for some Pythons only)"
        )
    with atheris.instrument_imports(include=INSTRUMENTED):
        target = importlib.import_module(f"tests.fuzz.{name}")
    with tempfile.TemporaryDirectory(prefix="tocsin-fuzz-") as folder:
        for number, seed in enumerate(target.SEEDS):
            (Path(folder) / str(number)).write_bytes(seed)
        limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-timeout={PATIENCE}"]
        found = [f"-artifact_prefix={Path(tempfile.gettempdir()) / f'tocsin-{name}-'}"]
        atheris.Setup(
            [sys.argv[0], folder, *limits, *found, f"-rss_limit_mb={MEMORY}", "-print_final_stats=1"],
            target.one,
        )
        atheris.Fuzz()


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] in targets() and sys.argv[2].isdigit():
        fuzz(sys.argv[1], int(sys.argv[2]))
    else:
        print("\n".join(targets()))
