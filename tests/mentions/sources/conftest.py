"""What tests of all sources share."""

from __future__ import annotations

import pytest

from mentions.sources import gather


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment is shorter in tests: streams gather for so long before they pass on what came."""
    monkeypatch.setattr(gather, "MOMENT", 0.05)
