"""The built assets: where they are, and a refusal in words when nobody has built them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
BUILT = STATIC / "built"
STAMP = BUILT / "stamp"


class AssetsMissing(RuntimeError):
    """The app cannot start: scripts and styles were never built."""


@dataclass(frozen=True)
class Built:
    """Addresses of the built files; they change with their contents, so browsers may keep them for ever."""

    script: str
    style: str


def built() -> Built:
    """The addresses, or AssetsMissing with the command that mends it."""
    if not STAMP.is_file():
        raise AssetsMissing("The pages' scripts and styles are not built: run `python -m web.build` once.")
    version = STAMP.read_text()[:12]
    return Built(f"/static/built/app.js?v={version}", f"/static/built/style.css?v={version}")
