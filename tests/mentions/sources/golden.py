"""Golden files: a payload as a source sends it, beside it the mentions that come of it.

`tests/mentions/sources/<kind>/<name>.<ending>` and `<name>.golden.json`. A test is

    @pytest.mark.parametrize("payload", golden.payloads("rss"), ids=golden.name)
    def test_payloads(payload: Path) -> None:
        golden.check(payload, parse(payload.read_bytes()))

`TOCSIN_WRITE_GOLDEN=1` writes the golden files instead; look at the difference before you commit.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from mentions.drafts.draft import MentionDraft
from mentions.sources.base import Items

HERE = Path(__file__).parent
ENDING = ".golden.json"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""When the payloads are read."""


def payloads(kind: str) -> list[Path]:
    """The fixtures of a kind; at least one, so that a moved folder does not pass for a tested one."""
    found = sorted(
        path
        for path in (HERE / kind).iterdir()
        if path.is_file() and path.suffix != ".py" and not path.name.endswith(ENDING)
    )
    assert found, f"no payloads in {kind}"
    return found


def name(payload: Path) -> str:
    return payload.name


def check(payload: Path, found: Items | Sequence[MentionDraft]) -> None:
    """The mentions are those of the golden file, field by field."""
    items = found if isinstance(found, Items) else Items(tuple(found))
    _compare(payload.with_name(payload.name.split(".")[0] + ENDING), items, _plain)


def check_real(payload: Path, items: Items) -> None:
    """The same of a payload that lies elsewhere, for it holds what real people wrote: of that, digests."""
    _compare(HERE / "real" / (payload.name.split(".")[0] + ENDING), items, _veiled)


def _compare(golden: Path, items: Items, told: Callable[[MentionDraft], dict[str, Any]]) -> None:
    actual = {"mentions": [told(draft) for draft in items.drafts], "rejected": items.rejected}
    text = json.dumps(actual, ensure_ascii=False, indent=1, default=datetime.isoformat, sort_keys=True) + "\n"
    if os.environ.get("TOCSIN_WRITE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def _plain(draft: MentionDraft) -> dict[str, Any]:
    """What the draft says beyond its defaults."""
    return {field: value for field, value in asdict(draft).items() if value not in (None, False)}


def _veiled(draft: MentionDraft) -> dict[str, Any]:
    """Times and kinds as they are, words, names and addresses by a digest each."""
    plain = ("kind", "lang", "domain")
    return {
        field: hashlib.sha256(value.encode()).hexdigest()[:12]
        if isinstance(value, str) and field not in plain
        else value
        for field, value in _plain(draft).items()
    }
