"""What is known of a token, worked out once per spelling and remembered."""

from __future__ import annotations

from math import sqrt

from mentions.sentiment.artefact import VALENCE_SCALE, Tables
from mentions.sentiment.features import gram_buckets, word_hash
from mentions.sentiment.tokens import HANDLE, is_lengthened, normal, parts
from mentions.sentiment.tokens import LINK as LINK_NAME
from mentions.sentiment.walk import Known
from mentions.sentiment.wordlists import EXCLAIM, LINK, PLAIN, QUESTION, STOP, STYLED, kinds

REMEMBERED = 100_000


class Lexer:
    """The tokens of one language. `known` is the memory that `walk` reads first; it is cleared when full."""

    def __init__(self, lang: str, tables: Tables, mask: frozenset[str] = frozenset()) -> None:
        """Take the tables of `lang` and the spellings to score as handles are scored."""
        self._mask = mask
        self.known: dict[str, Known] = {}
        self._tables = tables
        self._index = {word: at for at, word in enumerate(tables.words)}
        self._kinds = kinds(lang)

    def learn(self, token: str) -> Known:
        """Return what is known of `token` and remember it."""
        if len(self.known) >= REMEMBERED:
            self.known.clear()
        name = HANDLE if token in self._mask else normal(token)
        if name[0] == "#" and len(name) > 1:
            entry = self._hashtag(token)
        else:
            entry = self._word(name, self._kind(token, name))
        self.known[token] = entry
        return entry

    def _kind(self, token: str, name: str) -> int:
        if (kind := self._kinds.get(name, PLAIN)) != PLAIN:
            return kind
        if name == LINK_NAME:
            return LINK
        if name[0] in "!?¡¿":
            return EXCLAIM if "!" in name else QUESTION
        if name[0] in ".,;:…":
            return STOP if len(name) < 2 or name[1] == "." else PLAIN
        return STYLED if _is_shouted(token) or is_lengthened(token) else PLAIN

    def _hashtag(self, token: str) -> Known:
        """A hashtag weighs what its words weigh together, and is one token to its neighbours."""
        words = [self._word(normal(part), PLAIN) for part in parts(token)]
        whole = self._word(normal(token)[1:], PLAIN)
        if len(words) == 1:
            return whole
        share = 1 / sqrt(len(words))
        return Known(
            sum(word.negative for word in words) * share,
            sum(word.positive for word in words) * share,
            whole.hash,
            sum(word.valence for word in words),
            PLAIN,
        )

    def _word(self, name: str, kind: int) -> Known:
        tables = self._tables
        code = word_hash(name)
        at = self._index.get(name)
        if at is None:
            return Known(*self._unseen(name), code, 0.0, kind)
        scale = tables.header.word_scale
        return Known(
            tables.negative[at] * scale,
            tables.positive[at] * scale,
            code,
            tables.valence[at] * VALENCE_SCALE,
            kind,
        )

    def _unseen(self, name: str) -> tuple[float, float]:
        """A word outside the vocabulary weighs what its character pieces weigh."""
        buckets = gram_buckets(name)
        if not buckets:
            return 0.0, 0.0
        tables = self._tables
        share = tables.header.gram_scale / sqrt(len(buckets))
        return (
            sum([tables.gram_negative[bucket] for bucket in buckets]) * share,
            sum([tables.gram_positive[bucket] for bucket in buckets]) * share,
        )


def _is_shouted(token: str) -> bool:
    return len(token) > 2 and token.isupper()
