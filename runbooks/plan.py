"""A runbook as it is written in the library, before it is a version in the database."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlannedStep:
    """One thing to do: `minutes` from detection, by `owner` (see `runbooks.owners`)."""

    key: str
    title: str
    body: str
    minutes: int
    owner: str = "lead"
    kind: str = "task"
    needs_approval: bool = False


@dataclass(frozen=True)
class Plan:
    """A runbook for one crisis type; its steps in their order."""

    crisis_type: str
    slug: str
    name: str
    summary: str
    steps: tuple[PlannedStep, ...]
