"""What a provider tells later of a message that it took: delivered, refused, not answered."""

from __future__ import annotations

from kit.errors import NotFound
from kit.signing import sign, unsign

PURPOSE = "receipt"


def receipt_token(key: str, page_id: int) -> str:
    """Names a page in the addresses that a provider calls back; nobody else can make one."""
    return sign(key, PURPOSE, {"page": page_id})


def page_of(key: str, token: str) -> int:
    """The page that a token names; Expired or NotFound when it is none of ours."""
    page = unsign(key, PURPOSE, token).get("page")
    if not isinstance(page, int):
        raise NotFound("There is no such page.")
    return page
