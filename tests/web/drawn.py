"""What a page draws of a curve."""

from __future__ import annotations

import re

PARTS = {
    "the curve": r'<polyline class="observed" points="([^"]+)"',
    "what is expected": r'<polyline class="expected" points="([^"]+)"',
    "the band": r'<polygon class="usual" points="([^"]+)"',
    "the onset": r'<line class="(onset)"',
    "the alert": r'<line class="(amber|red)"',
}


def missing(html: str) -> set[str]:
    """What the first curve of this page lacks, as it is drawn: also what is a flat line along the bottom."""
    found = re.search(r'<figure class="curve">.*?</figure>', html, re.DOTALL)
    figure = found[0] if found else ""
    shapes = {part: re.findall(pattern, figure) for part, pattern in PARTS.items()}
    return {part for part, points in shapes.items() if not any(_tells(one) for one in points)}


def _tells(points: str) -> bool:
    """Whether it goes up anywhere, or is the line of a moment."""
    heights = {pair.partition(",")[2] for pair in points.split()}
    return len(heights) > 1 or "," not in points
