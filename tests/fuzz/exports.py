"""Files for `tocsin import`: any bytes as a CSV."""

from __future__ import annotations

import tempfile
from pathlib import Path

from kit.errors import Invalid
from mentions.drafts.draft import MentionDraft
from mentions.importing.files import read
from tests.mentions.sources.fuzz import check_sound
from tests.mentions.sources.golden import HERE, NOW

SEEDS = [path.read_bytes() for path in sorted((HERE / "exports").glob("*.csv"))]
_FILE = Path(tempfile.mkdtemp(prefix="tocsin-fuzz-file-")) / "any.csv"


def one(data: bytes) -> None:
    """Every line is a sound mention or named as a bad one."""
    _FILE.write_bytes(data)
    try:
        found = list(read(_FILE, field_map={}, now=NOW))
    except Invalid:
        return
    for line in found:
        if isinstance(line, MentionDraft):
            check_sound(line)
        else:
            assert line.number > 0
