"""How much one document may ask for, found out before anything else is done with it.

Fragments that spread fragments can write a billion fields in a thousand characters. So each fragment is
measured once, however often it is spread, and the validation, which would walk through all of them, only
sees documents that are small when they are written out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
)
from graphql.language.ast import SelectionNode, SelectionSetNode
from strawberry.extensions import ValidationCache

MAX_DEPTH = 12
MAX_ALIASES = 30
MAX_FIELDS = 300  # the war room has 231


class Size(NamedTuple):
    """A selection with all its fragments written out. Introspection counts as fields, not as depth."""

    depth: int = 0
    aliases: int = 0
    fields: int = 0
    sign_ins: int = 0

    def beside(self, other: Size) -> Size:
        return Size(
            max(self.depth, other.depth),
            self.aliases + other.aliases,
            self.fields + other.fields,
            self.sign_ins + other.sign_ins,
        )


class BoundedValidation(ValidationCache):
    """Refuses a document that asks for too much; validates every other one once."""

    def on_validate(self) -> Iterator[None]:
        document = self.execution_context.graphql_document
        assert document is not None  # it was parsed without an error
        refusal = excess(document)
        if refusal is None:
            yield from super().on_validate()
        else:
            self.execution_context.pre_execution_errors = [GraphQLError(refusal)]
            yield


def excess(document: DocumentNode) -> str | None:
    """Why the document asks for too much, None when it does not."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    measure = _Measure(fragments)
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    sizes = [measure.of(operation.selection_set) for operation in operations]
    depth = max((size.depth for size in sizes), default=0)
    aliases = max((size.aliases for size in sizes), default=0)
    sign_ins = max((size.sign_ins for size in sizes), default=0)
    # the validation compares the fields of fragments with one another even where nothing spreads them
    sizes += [measure.of(fragment.selection_set) for fragment in fragments.values()]
    fields = max((size.fields for size in sizes), default=0)
    if depth > MAX_DEPTH:
        return f"The document is more than {MAX_DEPTH} fields deep."
    if aliases > MAX_ALIASES:
        return f"The document has more than {MAX_ALIASES} aliases."
    if fields > MAX_FIELDS:
        return f"The document has more than {MAX_FIELDS} fields."
    if sign_ins > 1:
        return "The document signs in more than once."
    return None


class _Measure:
    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, Size] = {}

    def of(self, selections: SelectionSetNode | None) -> Size:
        size = Size()
        for selection in selections.selections if selections is not None else ():
            size = size.beside(self._one(selection))
        return size

    def _one(self, selection: SelectionNode) -> Size:
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value)
        inner = self.of(selection.selection_set)  # type: ignore[attr-defined]
        if not isinstance(selection, FieldNode):
            return inner
        name = selection.name.value
        return Size(
            0 if name.startswith("__") else inner.depth + 1,
            inner.aliases + (selection.alias is not None),
            inner.fields + 1,
            inner.sign_ins + (name == "signIn"),
        )

    def _fragment(self, name: str) -> Size:
        """One that is unknown or spreads itself counts for nothing: the validation says what is wrong."""
        if name not in self._known:
            self._known[name] = Size()
            fragment = self._fragments.get(name)
            self._known[name] = self.of(fragment.selection_set if fragment else None)
        return self._known[name]
