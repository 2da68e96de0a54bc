"""The cookie of a signed-in browser, and the form token that goes with it."""

from __future__ import annotations

import hashlib
import hmac

from starlette.responses import Response

from kit.numbers import natural

NAME = "tocsin_session"


def put(response: Response, token: str | None, *, secure: bool) -> None:
    """Set the cookie to a sign-in's token, or take it away (None)."""
    if token is None:
        response.delete_cookie(NAME, httponly=True, samesite="lax", secure=secure)
    else:
        response.set_cookie(NAME, token, httponly=True, samesite="lax", secure=secure)


def csrf_token(key: str, token: str | None, member_id: int | None) -> str:
    """What a form of this sign-in carries: whose it is, and 32 hex digits of HMAC-SHA256 over its token."""
    proof = hmac.new(key.encode(), b"csrf:" + (token or "").encode(), hashlib.sha256).hexdigest()[:32]
    return f"{member_id}.{proof}" if member_id is not None else proof


def member_of(csrf: str) -> int | None:
    """Whose form it says it is, unproven; None for one that was made for nobody in particular."""
    member, dot, _ = csrf.partition(".")
    return natural(member) if dot else None
