"""The two state machines of this package, as tables. Pure."""

from __future__ import annotations

from people.permissions import RESPONDERS

INCIDENT: dict[tuple[str, str], str] = {
    ("open", "resolve"): "resolved",
    ("resolved", "close"): "closed",
}
"""(state, action) -> next state; what is not in a table is refused."""

RESPONSE: dict[tuple[str, str], str] = {
    ("draft", "edit"): "draft",
    ("returned", "edit"): "draft",
    ("draft", "submit"): "submitted",
    ("returned", "submit"): "submitted",
    ("submitted", "approve"): "approved",
    ("submitted", "return"): "returned",
    ("approved", "return"): "returned",
    ("approved", "publish"): "published",
}

WRITE = frozenset({"edit", "submit"})
DECIDE = frozenset({"approve", "return", "publish"})


def may_act_on_response(role: str, action: str) -> bool:
    """Responders may do all; a partner writes and hands in (its own, by its step) and decides nothing."""
    if role in RESPONDERS:
        return action in WRITE | DECIDE
    return role == "partner" and action in WRITE
