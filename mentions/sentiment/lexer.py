"""What is known of a token, worked out once per spelling and remembered."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import filterfalse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentions.sentiment.artefact import VALENCE_SCALE, Tables
from mentions.sentiment.features import GRAM_SIZES, edged, word_hash
from mentions.sentiment.tokens import HANDLE, normal, normalised, parts
from mentions.sentiment.tokens import LINK as LINK_NAME
from mentions.sentiment.walk import Floats, Tokens
from mentions.sentiment.wordlists import EXCLAIM, LINK, PLAIN, QUESTION, STOP, STYLED, kinds
from mentions.texts.pieces import summed, with_nothing
from mentions.texts.spellings import Columns, Spellings, owners

_MARKS = re.compile("[\u0300-\u036f]+")
_DOUBLE = re.compile(r"([^\W\d_])\1")


class Lexer:
    """The tokens of one language, and a memory of them that is cleared when full."""

    def __init__(self, lang: str, tables: Tables, mask: frozenset[str] = frozenset()) -> None:
        """Take the tables of `lang` and the spellings to score as handles are scored."""
        self._mask = mask
        self._grams = with_nothing(_columns(tables.gram_negative, tables.gram_positive))
        self._gram_scale = tables.header.gram_scale
        self._index = dict(zip(tables.words, range(len(tables.words)), strict=True))
        self._accented = _accented(tables.words)
        scales = tables.header.word_scale, tables.header.word_scale, VALENCE_SCALE
        self._words = _columns(tables.negative, tables.positive, tables.valence) * scales
        self._kinds = kinds(lang)
        self._spellings = Spellings(self._learnt)

    def read(self, texts: Sequence[Sequence[str]]) -> Tokens:
        """Return the tokens of these texts."""
        return Tokens(owners(texts), len(texts), *self._spellings.of(texts))

    def known(self, token: str, name: str) -> str:
        """Return the word of the vocabulary that `token` of this name means, the name itself if none.

        People leave out accents ("pesimo") and lengthen letters ("pésimooo").
        """
        if name in self._index:
            return name
        if len(name) == len(token):
            return self._accented.get(name, name)
        meant = (one if one in self._index else self._accented.get(one) for one in (name, *_shortened(name)))
        return next(filter(None, meant), name)

    def _learnt(self, tokens: Sequence[str]) -> Columns:
        """Return the fields `negative` to `kind` of `Tokens`.

        A hashtag weighs what its words weigh together, and is one token to its neighbours.
        """
        names = self._names(tokens)
        named = list(zip(tokens, names, strict=True))
        inside = [self._inside(token) if _is_tag(name) else [name] for token, name in named]
        whole = [normal(token[1:]) if _is_tag(name) else name for token, name in named]
        owner, weights = owners(inside), self._weights([name for words in inside for name in words])
        negative, positive, valence = (np.bincount(owner, column, len(tokens)) for column in weights.T)
        share = 1 / np.sqrt(np.bincount(owner, minlength=len(tokens)))
        hashes = np.fromiter(map(word_hash, whole), np.uint32, len(tokens))
        sorts = np.fromiter(map(self._kind, tokens, names), np.uint8, len(tokens))
        return negative * share, positive * share, valence, hashes, sorts

    def _names(self, tokens: Sequence[str]) -> list[str]:
        named = zip(tokens, normalised(tokens), strict=True)
        names = [name if name in self._index else self.known(token, name) for token, name in named]
        if self._mask.isdisjoint(tokens):
            return names
        return [HANDLE if token in self._mask else name for token, name in zip(tokens, names, strict=True)]

    def _inside(self, token: str) -> list[str]:
        """Return the names of the words inside a hashtag; where there is one, of the hashtag as a word."""
        words = parts(token)
        words = words if len(words) > 1 else [token[1:]]
        return [*map(self.known, words, normalised(words))]

    def _kind(self, token: str, name: str) -> int:
        if (kind := self._kinds.get(name, PLAIN)) != PLAIN:
            return kind
        first = name[0]
        if first.isalpha():
            if name == LINK_NAME:
                return LINK
            shouted = len(token) > 2 and token.isupper()
            return STYLED if shouted or len(name) < len(token) else PLAIN
        if first in "!?¡¿":
            return EXCLAIM if "!" in name else QUESTION
        if first in ".,;:…":
            return STOP if len(name) < 2 or name[1] == "." else PLAIN
        return PLAIN

    def _weights(self, names: Sequence[str]) -> Floats:
        """Return two logits and the valence of each name, [name, 3].

        What stands outside the vocabulary weighs what its character pieces do; a word of one or two letters
        nothing.
        """
        at = np.fromiter((self._index.get(name, -1) for name in names), np.intp, len(names))
        found = self._words[at]
        new = np.flatnonzero(at < 0)
        total, count = summed(self._grams, [edged(names[place]) for place in new.tolist()], GRAM_SIZES)
        found[new, :2] = total * (self._gram_scale / np.sqrt(np.maximum(count, 1)))[:, None]
        found[new, 2] = 0
        return found


def _columns(*parts: array[int]) -> NDArray[Any]:
    """Return the arrays side by side, [entry, part]."""
    return np.stack([np.frombuffer(part, part.typecode) for part in parts], axis=1)


def _accented(words: Iterable[str]) -> dict[str, str]:
    """Return the words that have accents by what they are without."""
    marked = [*filterfalse(str.isascii, words)]
    bare = _MARKS.sub("", unicodedata.normalize("NFD", "\n".join(marked)))
    return dict(zip(bare.split("\n"), marked, strict=False))  # of no words at all, one empty line is left


def _shortened(name: str) -> Iterator[str]:
    """Yield `name` with one double letter made single, the last first, then with all: "horriblee" has two."""
    for double in reversed([*_DOUBLE.finditer(name)]):
        yield name[: double.start()] + name[double.end() - 1 :]
    yield _DOUBLE.sub(r"\1", name)


def _is_tag(name: str) -> bool:
    return name[0] == "#" and len(name) > 1
