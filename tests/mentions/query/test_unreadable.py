"""How a query that cannot be read is answered: what is wrong, where, and what to write instead."""

from __future__ import annotations

import ast
import inspect
import re

import pytest

from kit.errors import Invalid
from kit.languages import OTHERS
from mentions import unheard
from mentions.query import MAX_QUERY, Unreadable, leaves, lexer, parse, reader
from mentions.query.leaves import _SIGNS, ELSEWHERE
from mentions.query.said import WORDS


@pytest.mark.parametrize(
    ("query", "said", "position", "length"),
    [
        ("", "something is missing here", 1, 1),
        ("   ", "something is missing here", 4, 1),
        ("tren OR", "something is missing here", 8, 1),
        ("OR tren", "OR stands where a word should", 1, 2),
        ("tren OR OR barco", "OR stands where a word should", 9, 2),
        ("NEAR/5 tren", "NEAR stands where a word should", 1, 6),
        ("(tren", "this bracket is never closed", 1, 1),
        ("((tren", "Also close the bracket at position 1.", 2, 1),
        ("(tren OR", "Also close the bracket at position 1.", 9, 1),
        ("a (tren oder lang:english", "lang:ca. Also close the bracket at position 3.", 19, 7),
        ("(tren or barco", 'write "or". Also close the bracket at position 1.', 7, 2),
        ("tren)", "this bracket was never opened", 5, 1),
        ("()", ") stands where a word should", 2, 1),
        ('tren "de noche', "the quotation mark is never closed", 6, 1),
        ('""', "holds no letter or digit", 1, 2),
        ("tren !!", "! is not known here", 6, 2),
        ("tren ???", "holds no letter or digit", 6, 3),
        ("tren 🤮", "holds no letter or digit", 6, 1),
        ("-tren", "at least one word", 1, 5),
        ("NOT tren", "at least one word", 1, 8),
        ("tren OR -barco", "at least one word", 1, 14),
        ("-followers:>1k", "at least one word", 1, 14),
        ("(" * 60 + "tren" + ")" * 60, "levels deep", 51, 1),
        ("- " * 3, "holds no letter", 1, 1),
        ("x" * (MAX_QUERY + 1), "at most 10,000 characters", MAX_QUERY + 1, 1),
        # operators in small letters, and in other languages
        ("tren or barco", "Did you mean OR?", 6, 2),
        ("tren o barco", "Did you mean OR?", 6, 1),
        ("train ou bateau", "Did you mean OR?", 7, 2),
        ("tren and barco", "Did you mean AND?", 6, 3),
        ("tren i barca", 'For the word itself write "i".', 6, 1),
        ("tren Not barca", "Did you mean NOT?", 6, 3),
        # near
        ("tren NEAR tarde", "Write NEAR/5.", 6, 4),
        ("tren NEAR7 tarde", "Write NEAR/7.", 6, 5),
        ("tren NEAR/0 tarde", "from 1 to 100", 6, 6),
        ("tren NEAR/101 tarde", "from 1 to 100", 6, 8),
        ("tren NEAR/9999999999999 tarde", "from 1 to 100", 6, 18),
        ("tren ONEAR/3 tarde", "in either order", 6, 7),
        ("tren NEAR/3f tarde", "in either order", 6, 7),
        ("a NEAR/2 b NEAR/2 c", "NEAR stands between two", 12, 6),
        ("(a b) NEAR/2 c", "between words, phrases", 7, 6),
        ("a NEAR/2 lang:ca", "between words, phrases", 3, 6),
        ("a NEAR/2", "something is missing here", 9, 1),
        # wildcards
        ("tren al*", "3 letters or more", 6, 3),
        ("*dia", "3 letters or more", 1, 4),
        ("*", "too wide", 1, 1),
        ("#al*", "too wide", 1, 4),
        ("alma*a*b*c", "at most 2 wildcards", 1, 10),
        ('"tren * tarde"', "NEAR/2", 1, 14),
        ("colo?r", "* stands for any letters", 1, 6),
        # fields
        ("lang: ca", "lang: has no value", 1, 5),
        ("lang:", "Write it right behind the colon", 1, 5),
        ("lang:english", "two letters: lang:ca", 6, 7),
        ("country:UK", "GB", 9, 2),
        ("kind:tweet", "Kinds are post, comment", 6, 5),
        ("followers:1000", "followers:>1000", 11, 4),
        ("followers:>1,000", "followers:>1000", 11, 6),
        ("followers:>9999999999999M", "so many", 11, 15),
        ("followers>1000", "Write followers:>1000.", 1, 14),
        ("site:example.com/path", "Write the host alone", 6, 16),
        ("site:*.example.com", "takes no *", 6, 13),
        ("https://example.com/a", "Write site:example.com.", 1, 21),
        ("langg:ca", "Did you mean lang:?", 1, 6),
        ("sentiment:negative", "counts the negative ones", 1, 10),
        ("hashtags:tren", "Write #tag.", 1, 9),
        ("zzz:tren", "Fields are lang:", 1, 4),
        ("lang:(ca OR title:x)", "stands in the bracket of lang:", 13, 7),
        ("title:(a NEAR/2 b)", "between words, phrases", 10, 6),
        # what other suites have
        ("tren | barco", "OR is written OR.", 6, 1),
        ("tren && barco", "AND is written AND", 6, 2),
        ("tren !barco", "Write -barco", 6, 6),
        ("[tren barco]", "brackets are round", 1, 5),
        ('"tren tarde"~5', "one NEAR/5 other", 13, 2),
    ],
)
def test_what_is_wrong_is_said_with_its_place(query: str, said: str, position: int, length: int) -> None:
    with pytest.raises(Unreadable) as refusal:
        parse(query)
    assert said in refusal.value.message
    assert (refusal.value.position, refusal.value.length) == (position, length)
    assert isinstance(refusal.value, Invalid)
    assert refusal.value.field == "query"


def said_in_the_sources() -> set[str]:
    """Every text that may be said of a query: what is wrong, and what to write instead."""
    found = {*ELSEWHERE.values(), *_SIGNS.values()}
    for module in (lexer, leaves, reader, unheard):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in {"Said", "trouble", "Unreadable"}:
                texts = node.args[:1] if name == "Said" else node.args
                assert not any(isinstance(text, ast.JoinedStr) for text in texts), "Said(template, value)"
                constants = (text.value for text in texts if isinstance(text, ast.Constant))
                found |= {text for text in constants if isinstance(text, str)}
    return found - {""}


def test_all_of_it_is_said_in_all_languages_and_nothing_else() -> None:
    assert said_in_the_sources() == WORDS.keys()
    places = re.compile(r"\{[^}]*\}")
    for template, words in WORDS.items():
        assert [places.findall(one) for one in words] == [places.findall(template)] * len(OTHERS)


def test_what_is_wrong_is_said_in_the_readers_language() -> None:
    with pytest.raises(Unreadable) as refusal:
        parse('lang:"no {such}"')
    error = refusal.value
    assert error.what == "'no {such}' is no language"
    assert error.what.into("ca") == "'no {such}' no és cap llengua"
    assert error.hint.into("fr") == "Écrivez son code de deux lettres\xa0: lang:ca."
    with pytest.raises(Unreadable) as refusal:
        parse("(tren o lang:english")
    assert refusal.value.hint.into("es").endswith(
        'escribe "o". Cierra además el paréntesis de la posición 1.'
    )
    assert error.what.into("de") == error.what.into("en") == error.what
