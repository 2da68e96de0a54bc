"""What a provider tells later of a message that it took: delivered, refused, not answered."""

from __future__ import annotations

from dataclasses import dataclass

from kit.errors import NotFound
from kit.signing import sign, unsign

PURPOSE = "receipt"


@dataclass(frozen=True)
class Of:
    """What a token names."""

    page_id: int
    attempt: int
    """Which try of the page; 0: a token of before they were told apart."""


def receipt_token(key: str, page_id: int, attempt: int) -> str:
    """Names a page's try in the addresses that a provider calls back; nobody else can make one."""
    return sign(key, PURPOSE, {"page": page_id, "try": attempt})


def read_receipt(key: str, token: str) -> Of:
    """What a token names; Expired or NotFound when it is none of ours."""
    payload = unsign(key, PURPOSE, token)
    page, attempt = payload.get("page"), payload.get("try", 0)
    if not isinstance(page, int) or not isinstance(attempt, int):
        raise NotFound("There is no such page.")
    return Of(page, attempt)
