"""Who may ask is checked by a call: `python -O` strips asserts, and a permission must not go with them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import api

RIGHTS = {"house", "responder", "administrator", "viewer"}


def idle_guards(source: str) -> Iterator[int]:
    """Lines on which a right of `info.context` is asserted, or read for nothing."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Assert(test=found) | ast.Expr(value=ast.Attribute() as found):
                pass
            case ast.Assign(targets=[ast.Name(id="_")], value=found):
                pass
            case _:
                continue
        if any(isinstance(part, ast.Attribute) and part.attr in RIGHTS for part in ast.walk(found)):
            yield node.lineno


def test_no_right_is_asserted() -> None:
    modules = Path(api.__file__).parent.glob("*.py")
    found = [f"{module.name}:{line}" for module in modules for line in idle_guards(module.read_text())]
    assert found == []


def test_the_search_finds_what_it_looks_for() -> None:
    assert list(idle_guards("assert info.context.house\n_ = info.context.house\nx.context.responder\n")) == [
        1,
        2,
        3,
    ]
    assert list(idle_guards("require_house(info.context.viewer)\nassert row is not None\n")) == []
