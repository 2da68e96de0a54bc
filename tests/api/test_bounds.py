"""How much one document may ask for."""

from __future__ import annotations

import time

import pytest
from graphql import (
    GraphQLObjectType,
    build_schema,
    get_introspection_query,
    get_named_type,
    get_nullable_type,
    is_list_type,
    parse,
)

from api.bounds import excess
from api.operations import operations
from api.schema import schema


def doubled(levels: int) -> str:
    """A document that writes a field 2^levels times in a few hundred characters."""
    chain = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels)]
    return " ".join(["{ ...F0 }", *chain, f"fragment F{levels} on Query {{ me {{ id }} }}"])


@pytest.mark.parametrize("document", [*operations().values(), get_introspection_query()])
def test_our_own_documents_and_the_usual_introspection_pass(document: str) -> None:
    assert excess(parse(document)) is None


@pytest.mark.parametrize(
    ("document", "refusal"),
    [
        ("{ a" * 13 + "}" * 13, "The document is more than 12 fields deep."),
        ("{ a" * 12 + "}" * 12, None),
        (
            "{ ...F } fragment F on Query " + "{ a" * 13 + "}" * 13,
            "The document is more than 12 fields deep.",
        ),
        (
            "{" + " ".join(f"a{n}: me {{ id }}" for n in range(31)) + "}",
            "The document has more than 30 aliases.",
        ),
        ("{" + "a " * 301 + "}", "The document has more than 300 fields."),
        (doubled(60), "The document has more than 300 fields."),
        ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", None),
        ("{ ...Nowhere }", None),
        (
            "mutation { ...S b: signIn(email: $b) { id } } fragment S on Mutation { signIn { id } }",
            "The document signs in more than once.",
        ),
        ("mutation A { signIn(email: $a) { id } } mutation B { signIn(email: $b) { id } }", None),
        ("fragment F on Query {" + "a " * 301 + "}", "The document has more than 300 fields."),
    ],
)
def test_what_is_too_much(document: str, refusal: str | None) -> None:
    assert excess(parse(document)) == refusal


async def test_a_document_of_doubling_fragments_costs_nothing() -> None:
    began = time.process_time()
    result = await schema.execute(doubled(60))
    assert result.errors is not None
    assert result.errors[0].message == "The document has more than 300 fields."
    assert time.process_time() - began < 5  # 2^60 fields would outlast the sun


def test_no_list_that_an_agency_reads_leads_back_to_where_it_stands() -> None:
    """Else `questions { step { questions { step …` answers with a power of what was asked on one step."""
    types = {
        name: {field: get_nullable_type(one.type) for field, one in kind.fields.items()}
        for name, kind in build_schema(schema.as_str()).type_map.items()
        if isinstance(kind, GraphQLObjectType)
    }
    del types["Step"]["fromLesson"]  # null for an agency

    def within(name: str, known: frozenset[str] = frozenset()) -> frozenset[str]:
        for kind in types.get(name, {}).values():
            inner = get_named_type(kind).name
            if inner not in known:
                known = within(inner, known | {inner})
        return known

    lists = [
        (name, field, get_named_type(kind).name)
        for name in {"Step"} | within("Step")
        for field, kind in types.get(name, {}).items()
        if is_list_type(kind)
    ]
    assert ("Step", "questions", "StepQuestion") in lists
    assert [(name, field) for name, field, inner in lists if name in within(inner)] == []
