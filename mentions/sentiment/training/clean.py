"""What a sentence embedding should not see of a post."""

from __future__ import annotations

import re
from html import unescape

_LINK = re.compile(r"https?://\S+|www\.\S+")
_HANDLE = re.compile(r"@\w+")


def clean(text: str) -> str:
    """Return `text` on one line, without HTML entities, links and handles masked."""
    return " ".join(_HANDLE.sub("@user", _LINK.sub("http", unescape(text))).split())
