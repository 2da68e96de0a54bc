"""The documents that our own pages send, kept in graphql/operations/: one operation a file.

Fragments may stand in any file of the folder; an operation takes along the ones it spreads.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)
from graphql.language.ast import DefinitionNode

FOLDER = Path(__file__).parents[1] / "operations"


@cache
def operations() -> dict[str, str]:
    """Each operation by name, as a complete document."""
    definitions = [
        definition
        for path in sorted(FOLDER.glob("*.graphql"))
        for definition in parse(path.read_text()).definitions
    ]
    fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
    return {
        d.name.value: _complete(d, fragments)
        for d in definitions
        if isinstance(d, OperationDefinitionNode) and d.name is not None
    }


def _complete(operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]) -> str:
    taken: dict[str, DefinitionNode] = {}
    waiting: list[DefinitionNode] = [operation]
    while waiting:
        for name in _spreads(waiting.pop()):
            if name not in taken:
                taken[name] = fragments[name]
                waiting.append(fragments[name])
    return print_ast(DocumentNode(definitions=(operation, *taken.values())))


def _spreads(node: DefinitionNode) -> list[str]:
    names: list[str] = []

    class Spreads(Visitor):
        def enter_fragment_spread(self, spread: FragmentSpreadNode, *_: object) -> None:
            names.append(spread.name.value)

    visit(node, Spreads())
    return names
