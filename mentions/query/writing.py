"""A tree back as a query: what was understood, in one fixed form. Reading it gives the same tree."""

from __future__ import annotations

from mentions.query.lexer import SPOKEN
from mentions.query.nodes import And, Field, Followers, Near, Node, Not, Or, Titled, Words


def written(node: Node) -> str:
    """The node as a query in the form that docs/monitors.md uses, bracketed beside OR."""
    if isinstance(node, Or):
        return " OR ".join(_inside(part, Or, And) for part in node.parts)
    if isinstance(node, And):
        return " ".join(_inside(part, Or, And) for part in node.parts)
    if isinstance(node, Near):
        return f"{_inside(node.one, Or)} NEAR/{node.distance} {_inside(node.other, Or)}"
    if isinstance(node, Not):
        return f"-{_inside(node.part, Or, And, Near, Not)}"
    return _leaf(node)


def _inside(node: Node, *bracketed: type) -> str:
    return f"({written(node)})" if isinstance(node, bracketed) else written(node)


def _leaf(node: Node) -> str:
    if isinstance(node, Titled):
        return f"title:{_leaf(node.words)}"
    if isinstance(node, Followers):
        return f"followers:{node.sign}{node.number}"
    if isinstance(node, Field):
        return f"{node.name}:{_name(node.value)}" if node.name in {"source", "author"} else _plain(node)
    assert isinstance(node, Words), f"a query has no {type(node).__name__}"
    if node.parts[0][0] in "#@":
        return ".".join(node.parts)
    text = " ".join(node.parts)
    return text if len(node.parts) == 1 and _is_plain(text) else f'"{text}"'


def _plain(field: Field) -> str:
    return f"{field.name}:{field.value}"


def _name(value: str) -> str:
    return value if value.replace("_", "").isalnum() else f'"{value}"'


def _is_plain(word: str) -> bool:
    """Whether the word alone is read as itself; operators in capitals cannot be, folded as it is."""
    return word not in SPOKEN
