"""Expected failures as types, and nothing else of an error to the outside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import strawberry
import structlog
from graphql import GraphQLError
from strawberry.extensions import MaskErrors, SchemaExtension
from strawberry.extensions.field_extension import AsyncExtensionResolver, FieldExtension
from strawberry.types import ExecutionContext

from kit.db import twice
from kit.errors import Invalid, TocsinError
from kit.languages import Sentence
from kit.numbers import natural

log = structlog.get_logger(__name__)


@strawberry.type(description="What stood in the way, in one sentence for the person who asked.")
class Problem:
    code: str = strawberry.field(
        description="not_found, forbidden, signed_out, invalid, conflict, expired or unavailable."
    )
    message: str
    field: str | None = strawberry.field(default=None, description="The argument that is meant, if one is.")


class Problems(FieldExtension):
    """Turns an expected failure of a mutation into its `Problem`. It has one unit of work, and two tries."""

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: strawberry.Info, **arguments: Any
    ) -> Any:
        try:
            return await twice(lambda: next_(source, info, **arguments))
        except TocsinError as error:
            return Problem(code=error.code, message=error.message, field=error.field)


class TooMuch(Invalid):
    """One operation asks for more than one may; of its answer nothing is given."""

    def __init__(self) -> None:
        super().__init__(Sentence("This asks for too much at once: ask for less, or in several requests."))


def change(**options: Any) -> Any:
    """A mutation field whose expected failures are answers."""
    return strawberry.mutation(extensions=[Problems()], **options)


class CodedErrors(SchemaExtension):
    """Gives expected failures of queries their code, as `extensions.code`. Too much answers nothing else."""

    async def on_operation(self) -> AsyncIterator[None]:
        yield
        result = self.execution_context.result
        errors = getattr(result, "errors", None) or []
        too_much = next((error for error in errors if isinstance(error.original_error, TooMuch)), None)
        if result is not None and too_much is not None:
            result.data, result.errors = None, [too_much]
        for error in errors:
            if isinstance(error.original_error, TocsinError):
                error.extensions = {"code": error.original_error.code}


class OneOperation(SchemaExtension):
    """Lets an operation be asked by who is signed in now, and gives its read session back at its end."""

    async def on_operation(self) -> AsyncIterator[None]:
        context = self.execution_context.context
        try:
            if context is not None:
                await context.begin()
            yield
        finally:  # who asks may have hung up in the middle
            if context is not None:
                await context.close()


def is_bug(error: GraphQLError) -> bool:
    """Whether an error is neither an expected failure nor the asker's own mistake in the document."""
    return error.original_error is not None and not isinstance(
        error.original_error, (TocsinError, GraphQLError)
    )


class QuietSchema(strawberry.Schema):
    """A schema that logs bugs and nothing else: a faulty document, quoted, may hold a password."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        del execution_context
        for error in filter(is_bug, errors):
            log.error("graphql.bug", path=error.path, exc_info=error.original_error)


def mask() -> MaskErrors:
    return MaskErrors(
        should_mask_error=is_bug, error_message="Something went wrong here. It has been recorded."
    )


def number(value: str, what: str) -> int:
    """An id argument as the number it must be; Invalid names it as its field `what`."""
    found = natural(value)
    if found is None:
        raise Invalid("{!r} is not a number.", value[:30], field=what)
    return found


def optional_number(value: str | None, what: str) -> int | None:
    """The same of an argument that may be left out, or empty."""
    return number(value, what) if value else None
