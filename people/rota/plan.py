"""All that decides who is on call on one schedule, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from people.rota.rotation import Rotation
from people.rota.windows import Window

OverrideKind = Literal["instead", "add", "nobody"]


@dataclass(frozen=True)
class Layer:
    """A rotation that counts at all hours, or in its windows only (in the rotation's zone)."""

    key: int
    rotation: Rotation
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True)
class Override:
    """For a while, something else than the layers say.

    instead, with `instead_of`: whenever that person would be on call, `member_id` is
    instead, without it:        `member_id` is on call whoever else would be
    add:                        `member_id` is on call as well
    nobody, with `instead_of`:  that person is not on call: the next layer is
    nobody, without it:         nobody is meant to be on call
    """

    key: int
    kind: OverrideKind
    member_id: int | None
    instead_of: int | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Absence:
    """A time (holidays, a busy calendar) in which a person is not to be paged."""

    member_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Plan:
    """One schedule. Of several layers the upper one wins; overrides act in the order in which they were made;
    whoever is absent has no duty, whatever put them there: then the next layer has it."""

    layers: Sequence[Layer] = ()
    """The uppermost first."""
    overrides: Sequence[Override] = ()
    """In the order in which they were made."""
    absences: Sequence[Absence] = ()
