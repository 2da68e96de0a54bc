"""What may be done to a step, when and by whom: tables. Pure."""

from __future__ import annotations

from people.permissions import RESPONDERS, Viewer

OPEN = ("todo", "awaiting_approval")

TASK: dict[tuple[str, str], str] = {
    ("todo", "complete"): "done",
    ("todo", "complete_for_approval"): "awaiting_approval",
    ("todo", "skip"): "skipped",
    ("todo", "reassign"): "todo",
    ("todo", "ask"): "todo",
    ("awaiting_approval", "approve"): "done",
    ("awaiting_approval", "return"): "todo",
    ("awaiting_approval", "skip"): "skipped",
    ("awaiting_approval", "reassign"): "awaiting_approval",
    ("awaiting_approval", "ask"): "awaiting_approval",
}
"""(state, action) -> next state; what is not in the table is refused."""

STATEMENT: dict[tuple[str, str], str] = {
    ("todo", "write"): "todo",
    ("todo", "submit"): "awaiting_approval",
    ("todo", "skip"): "skipped",
    ("todo", "reassign"): "todo",
    ("todo", "ask"): "todo",
    ("awaiting_approval", "approve"): "awaiting_approval",
    ("awaiting_approval", "return"): "todo",
    ("awaiting_approval", "publish"): "done",
    ("awaiting_approval", "skip"): "skipped",
    ("awaiting_approval", "reassign"): "awaiting_approval",
    ("awaiting_approval", "ask"): "awaiting_approval",
}
"""A step whose result is a response is done when that is published, not before."""

PARTNER_ACTIONS = frozenset({"complete", "complete_for_approval", "write", "submit", "ask"})
"""What an agency does with a step of its own; it never decides, gives away or speaks."""


def next_state(kind: str, state: str, action: str) -> str | None:
    """Where the action leads a step of this kind, None where it may not be done."""
    return (STATEMENT if kind == "statement" else TASK).get((state, action))


def may(role: str, action: str) -> bool:
    """Whether a role may do this to a step that it sees. Executives read."""
    return role in RESPONDERS or (role == "partner" and action in PARTNER_ACTIONS)


def may_approve(viewer: Viewer, state: str, completed_by: int | None) -> bool:
    """Whether the viewer may approve a task in this state that this member did. Its incident lasts. Pure."""
    leads_on = next_state("task", state, "approve") is not None
    return leads_on and may(viewer.role, "approve") and other_eyes(viewer, completed_by)


def other_eyes(viewer: Viewer, completed_by: int | None) -> bool:
    """Nobody approves what they did."""
    return viewer.member_id != completed_by
