"""The change to one planned step: what may change, whether it makes sense, and how it reads. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from incident import wording
from kit.errors import Invalid
from runbooks.owners import OWNER_RULE
from runbooks.runbook import StepPlan

FIELDS = ("title", "body", "due_minutes", "owner", "needs_approval")
"""What a proposal may change, in the order in which it is shown."""
CONTENT = (*FIELDS, "kind")
"""What makes two editions of a step the same."""
MAX_MINUTES = 60 * 24 * 30
MAX_LINES = 200


@dataclass(frozen=True)
class FieldDiff:
    """One field before and after. `lines`: a sign (`+`, `-` or a space), a space, and the line's text."""

    field: str
    before: str
    after: str
    lines: list[str]


def checked(changes: Mapping[str, Any], step: StepPlan) -> dict[str, Any]:
    """The changes that really change the step, cleaned; Invalid when one may not be, or none is left."""
    for name in changes:
        if name not in FIELDS:
            raise Invalid("{!r} of a step cannot be changed.", name, field=name)
    cleaned = {name: cleaned_field(name, value) for name, value in changes.items() if value is not None}
    real = {name: value for name, value in cleaned.items() if value != getattr(step, name)}
    if not real:
        raise Invalid("This changes nothing.", field="changes")
    return real


def cleaned_field(name: str, value: Any) -> Any:
    """The value of one of `FIELDS` as it is kept; Invalid when it cannot be."""
    if name == "due_minutes":
        return _minutes(value)
    if name == "needs_approval":
        return _yes_or_no(value)
    if not isinstance(value, str):
        raise Invalid("This must be text.", field=name)
    if name == "owner":
        return _owner(value)
    words = wording.required(value, field=name, limit=wording.LINE if name == "title" else wording.TEXT)
    if len(words.splitlines()) > (1 if name == "title" else MAX_LINES):
        raise Invalid("This has too many lines.", field=name)
    return words


def _minutes(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_MINUTES:
        raise Invalid("A deadline is a number of minutes from 0 to {:,}.", MAX_MINUTES, field="due_minutes")
    return value


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid("This is either true or false.", field="needs_approval")
    return value


def _owner(value: str) -> str:
    if not OWNER_RULE.fullmatch(value.strip()):
        raise Invalid("An owner is lead, on_call, partner, or member: and a number.", field="owner")
    return value.strip()


def field_diffs(step: StepPlan, changes: Mapping[str, Any]) -> list[FieldDiff]:
    """What the step says and what it would say, one entry per changed field."""
    return [
        _diff(name, _words(getattr(step, name)), _words(changes[name])) for name in FIELDS if name in changes
    ]


def _diff(name: str, before: str, after: str) -> FieldDiff:
    return FieldDiff(name, before, after, line_diff(before.splitlines(), after.splitlines()))


def line_diff(before: list[str], after: list[str]) -> list[str]:
    """Lines that go, come and stay, in order; a changed line goes and comes."""
    lines: list[str] = []
    for action, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if action == "equal":
            lines += [f"  {line}" for line in before[i1:i2]]
        else:
            lines += [f"- {line}" for line in before[i1:i2]] + [f"+ {line}" for line in after[j1:j2]]
    return lines


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def same(one: StepPlan, other: StepPlan) -> bool:
    """Whether two editions of a step say the same; its place in the order does not count."""
    return all(getattr(one, name) == getattr(other, name) for name in CONTENT)
