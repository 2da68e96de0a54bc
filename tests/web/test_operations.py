"""The documents that the pages send: each is valid, and each is used."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

import web
from api.operations import operations
from api.schema import schema
from web.actions import ACTIONS

SCHEMA = build_schema(schema.as_str())


@pytest.mark.parametrize("name", sorted(operations()))
def test_valid(name: str) -> None:
    assert validate(SCHEMA, parse(operations()[name])) == []


def test_used() -> None:
    sources = "".join(path.read_text() for path in Path(web.__file__).parent.glob("pages/*.py"))
    sources += "".join(path.read_text() for path in Path(web.__file__).parent.glob("assets/src/*.ts"))
    by_forms = {action.operation for action in ACTIONS}
    unused = {name for name in operations() if name not in by_forms and name not in sources}
    assert unused == set()
