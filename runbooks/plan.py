"""A runbook as it is written in the library or a set-up file, before it is a version in the database."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlannedStep:
    """One thing to do: `minutes` from detection, by `owner` (see `runbooks.owners`).

    lesson_id: the lesson that last changed it, if any.
    """

    key: str
    title: str
    body: str
    minutes: int
    owner: str = "lead"
    kind: str = "task"
    needs_approval: bool = False
    lesson_id: int | None = None


@dataclass(frozen=True)
class Plan:
    """A runbook for one crisis type; its steps in their order."""

    crisis_type: str
    slug: str
    name: str
    summary: str
    steps: tuple[PlannedStep, ...]
