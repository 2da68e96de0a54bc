"""How much one document may ask for."""

from __future__ import annotations

import time

import pytest
from graphql import get_introspection_query, parse

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
