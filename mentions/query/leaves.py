"""The leaves of a query: words and phrases, and fields with their values, each checked as it is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches

from mentions.drafts.draft import KINDS
from mentions.query.item import name_key
from mentions.query.lexer import Lexeme
from mentions.query.nodes import Field, Followers, Node, Titled, Words
from mentions.query.said import Said
from mentions.texts.text import fold

MIN_STEM = 3  # letters before the first *
MAX_STARS = 2  # in one word
MAX_FOLLOWERS = 2**53

_NAMED = re.compile(r"([A-Za-z_]+):(.*)", re.DOTALL)
_TOKEN = re.compile(r"(?<![\w*])[#@][\w*]+|[\w*]+")
_FOLLOWERS = re.compile(r"(>=|<=|>|<|=)(\d{1,16}(?:\.\d{1,6})?)([km]?)", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_COMPARED = re.compile(r"followers?\s*[<>=].*", re.IGNORECASE)

ALIASES = {
    "domain": "site",
    "host": "site",
    "language": "lang",
    "intitle": "title",
    "headline": "title",
    "location": "country",
}
ELSEWHERE = {
    "hashtag": "Write #tag.",
    "hashtags": "Write #tag.",
    "at_mentions": "Write @handle.",
    "mentions": "Write @handle.",
    "url": "Write site:example.com for all that is on a site.",
    "inurl": "Write site:example.com for all that is on a site.",
    "links": "Write site:example.com for all that is on a site.",
    "sentiment": "Mentions are judged after they were found; a monitor counts the negative ones by itself.",
    "reach": "Write followers:>1000.",
    "authorfollowers": "Write followers:>1000.",
    "content": "Text is searched without a name: write the words.",
    "text": "Text is searched without a name: write the words.",
    "body": "Text is searched without a name: write the words.",
}
"""Fields of other suites, and what to write instead."""


@dataclass(frozen=True)
class Named:
    """The beginning `name:` of a field; `value` is None when it comes as a phrase or a bracket."""

    name: str
    value: Lexeme | None


def field_named(piece: Lexeme) -> Named | None:
    """The field that this word names, None for a word of the text; Unreadable for a name we do not know."""
    match = _NAMED.fullmatch(piece.text)
    if match is None:
        if _COMPARED.fullmatch(piece.text):
            raise piece.trouble(Said("{} lacks its colon", piece.text), "Write followers:>1000.")
        return None
    given, rest = match[1].lower(), match[2]
    if rest.startswith("//"):
        raise piece.trouble(
            "an address is not searched", Said("Write site:{}.", rest[2:].split("/")[0] or "…")
        )
    name = ALIASES.get(given, given)
    if name not in FIELDS:
        raise replace(piece, length=len(given) + 1).trouble(
            Said("{}: is not known here", given), _instead(given)
        )
    start = len(given) + 1
    value = replace(piece, text=rest, position=piece.position + start, length=len(rest))
    return Named(name, value if rest else None)


def _instead(given: str) -> str:
    if given in ELSEWHERE:
        return ELSEWHERE[given]
    close = get_close_matches(given, [*FIELDS, *ALIASES], n=1)
    if close:
        return Said("Did you mean {}:? For the text itself use quotation marks.", close[0])
    fields = ", ".join(f"{name}:" for name in FIELDS)
    return Said("Fields are {}. For the text itself use quotation marks.", fields)


def field_leaf(name: str, piece: Lexeme) -> Node:
    """The field with this value; Unreadable when it cannot have it."""
    if "*" in piece.text and name != "title":
        raise piece.trouble(Said("{}: takes no *", name), "Write the values out, joined with OR.")
    return FIELDS[name](piece)


def text_leaf(piece: Lexeme) -> Words:
    """A word or phrase; Unreadable when it holds no letter, or what other suites have for operators."""
    if piece.kind == "word":
        _refuse_foreign_signs(piece)
    elif re.search(r"(?<!\S)\*(?!\S)", piece.text):
        raise piece.trouble(
            "* alone stands for no word", "Write one NEAR/2 other for words that stand apart."
        )
    tokens = _TOKEN.findall(fold(piece.text))
    if not any(token.strip("#@*_") for token in tokens):
        if "*" in piece.text:
            raise piece.trouble(
                "the wildcard is too wide", Said("Write {} letters or more before the *.", MIN_STEM)
            )
        raise piece.trouble(Said("{!r} holds no letter or digit", piece.text), _SIGNS.get(piece.text, ""))
    for token in tokens:
        _check_stars(piece, token)
    keeps_sign = piece.kind == "word"
    first = tokens[0] if keeps_sign else tokens[0].lstrip("#@")
    return Words((first, *(token.lstrip("#@") for token in tokens[1:])))


_SIGNS = {"|": "OR is written OR.", "||": "OR is written OR.", "&": "AND is written AND, or left out."}
_SIGNS["&&"] = _SIGNS["&"]


def _refuse_foreign_signs(piece: Lexeme) -> None:
    """What would be read as a plain word, and was meant as something else."""
    text = piece.text
    if "~" in text:
        raise piece.trouble(
            Said("{} is not known here", "~"), "Write one NEAR/5 other for words that stand close."
        )
    if text.startswith("!"):
        raise piece.trouble(
            Said("{} is not known here", "!"), Said("Write -{} to exclude it.", text[1:] or "…")
        )
    if set(text) & set("[]{}"):
        raise piece.trouble("brackets are round here", "Write ( and ).")
    if re.search(r"\w\?\w", text):
        raise piece.trouble(Said("{} is not known here", "?"), "* stands for any letters.")


def _check_stars(piece: Lexeme, token: str) -> None:
    stem, star, _ = token.lstrip("#@").partition("*")
    if not star:
        return
    if len(stem) < MIN_STEM:
        raise piece.trouble(
            "the wildcard is too wide", Said("Write {} letters or more before the *.", MIN_STEM)
        )
    if token.count("*") > MAX_STARS:
        raise piece.trouble(Said("a word has at most {} wildcards", MAX_STARS))


def _lang(piece: Lexeme) -> Field:
    code = piece.text.lower()
    if not re.fullmatch("[a-z]{2,3}", code):
        raise piece.trouble(
            Said("{!r} is no language", piece.text), "Write its code of two letters: lang:ca."
        )
    return Field("lang", code)


def _country(piece: Lexeme) -> Field:
    code = piece.text.upper()
    if not re.fullmatch("[A-Z]{2}", code) or code == "UK":
        raise piece.trouble(
            Said("{!r} is no country", piece.text), "Write its code of two letters: country:ES, GB, FR."
        )
    return Field("country", code)


def _kind(piece: Lexeme) -> Field:
    kind = piece.text.lower()
    if kind not in KINDS:
        raise piece.trouble(Said("{!r} is no kind", piece.text), Said("Kinds are {}.", ", ".join(KINDS)))
    return Field("kind", kind)


def _site(piece: Lexeme) -> Field:
    host = re.sub(r"^https?://", "", piece.text.lower()).removesuffix("/").removeprefix("www.").strip(".")
    if not _HOST.fullmatch(host):
        raise piece.trouble(Said("{!r} is no domain", piece.text), "Write the host alone: site:example.com.")
    return Field("site", host)


def _name(field: str) -> Callable[[Lexeme], Field]:
    def read(piece: Lexeme) -> Field:
        key = name_key(piece.text).removeprefix("@").strip()
        if not key:
            raise piece.trouble(Said("{}: has no name", field))
        return Field(field, key)

    return read


def _followers(piece: Lexeme) -> Followers:
    match = _FOLLOWERS.fullmatch(piece.text)
    if match is None:
        raise piece.trouble(
            Said("{!r} is no comparison", piece.text),
            "Write followers:>1000, >=1.5k, <2M or =0, without blanks.",
        )
    number = round(float(match[2]) * {"": 1, "k": 1_000, "m": 1_000_000}[match[3].lower()])
    if number > MAX_FOLLOWERS:
        raise piece.trouble("nobody has so many followers")
    return Followers(match[1], number)


def _title(piece: Lexeme) -> Titled:
    return Titled(text_leaf(piece))


FIELDS: dict[str, Callable[[Lexeme], Node]] = {
    "lang": _lang,
    "source": _name("source"),
    "site": _site,
    "author": _name("author"),
    "followers": _followers,
    "kind": _kind,
    "country": _country,
    "title": _title,
}
