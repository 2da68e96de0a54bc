"""What a program with an access token may not ask for: what is a person's own, and who may come in."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry.extensions.field_extension import (
    AsyncExtensionResolver,
    FieldExtension,
    SyncExtensionResolver,
)

from kit.errors import Forbidden


class PeopleOnly(FieldExtension):
    """Refuses a program."""

    def resolve(
        self, next_: SyncExtensionResolver, source: Any, info: strawberry.Info, **arguments: Any
    ) -> Any:
        _refuse_program(info)
        return next_(source, info, **arguments)

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: strawberry.Info, **arguments: Any
    ) -> Any:
        _refuse_program(info)
        return await next_(source, info, **arguments)


def _refuse_program(info: strawberry.Info) -> None:
    viewer = info.context.maybe_viewer
    if viewer is not None and viewer.program is not None:
        raise Forbidden("A program may not do this: sign in yourself.")


def people_only(kind: Any, *, only: frozenset[str] | None = None) -> None:
    """Close all fields of this part of the schema to programs, or `only` those. Once, before it is built."""
    for field in kind.__strawberry_definition__.fields:
        if only is None or field.python_name in only:
            field.extensions.append(PeopleOnly())
