"""A model behind HTTP: asked before the transaction, never waited for long, never needed.

    POST URL    {"texts": [{"text": "…", "lang": "es" or null}, …]}            at most 64 texts a request
    200         {"results": [{"label": "negative", "score": -0.8, "confidence": 0.9}, …]}   in the same order

The score goes from -1 to 1, the confidence from 0 to 1. Any other answer is a failure: the texts are judged
by the tables in the package, and so are all others for a while, so that a server that is down costs one time
limit and not one for each batch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any

import httpx
import structlog

from mentions.sentiment.masks import masked, pattern
from mentions.sentiment.model import LABELS, Sentiment, SentimentModel
from mentions.sentiment.scorer import Scorer

AT_ONCE = 64
"""Texts in one request."""
LIMIT = 2.0
"""Seconds for one request, and for all requests of a batch of mentions together."""
REST = 30.0
"""Seconds that a server which failed is left alone."""
MOST = 64 * AT_ONCE * 250
"""Bytes of an answer."""

log = structlog.get_logger(__name__)


class BadAnswer(Exception):
    """The server's answer is not what the contract says."""


class ServedModel:
    """The server's judgements where it gave them in time, the tables' everywhere else."""

    def __init__(
        self,
        url: str,
        *,
        tables: SentimentModel | None = None,
        client: httpx.Client | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._url = url
        self.name = httpx.URL(url).host
        self._tables = tables or Scorer.load()
        self._client = client or httpx.Client(timeout=LIMIT, headers={"User-Agent": "Tocsin"})
        self._clock = clock
        self._names = pattern(())
        self._found: dict[str, Sentiment] = {}
        self._rests_until = -REST
        self.failing: str | None = None
        """Why the tables judge now; None: the server does."""

    def know(self, names: frozenset[str]) -> None:
        """Mask these names before a text leaves, and in the tables."""
        self._names = pattern(names)
        self._tables.know(names)

    def prepare(self, texts: Sequence[str], langs: Sequence[str | None]) -> None:
        """Ask the server for its judgements on these texts, within the time limit; `score` then uses them."""
        self._tables.prepare(texts, langs)
        self._found = {}
        if texts and self._clock() >= self._rests_until:
            self._ask_all(texts, langs)

    def score(self, texts: Sequence[str], langs: Sequence[str | None]) -> list[Sentiment]:
        """Return what the server said in `prepare`, the tables' judgement on what it did not see."""
        found = [self._found.get(text) for text in texts]
        rest = [at for at, one in enumerate(found) if one is None]
        judged = self._tables.score([texts[at] for at in rest], [langs[at] for at in rest])
        own = dict(zip(rest, judged, strict=True))
        return [own[at] if one is None else one for at, one in enumerate(found)]

    def _ask_all(self, texts: Sequence[str], langs: Sequence[str | None]) -> None:
        start = self._clock()
        for at in range(0, len(texts), AT_ONCE):
            if self._clock() - start > LIMIT:
                self._fail("it is too slow for what arrives", rest=0.0)
                return
            part = texts[at : at + AT_ONCE]
            try:
                judged = self._ask(part, langs[at : at + AT_ONCE])
            except (httpx.HTTPError, BadAnswer) as error:
                self._fail(str(error) or type(error).__name__)
                return
            self._found.update(zip(part, judged, strict=True))
        if self.failing is not None:
            log.info("sentiment.server_back", url=_bare(self._url))
            self.failing = None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, texts: Sequence[str], langs: Sequence[str | None]) -> list[Sentiment]:
        asked = [
            {"text": masked(text, self._names), "lang": lang} for text, lang in zip(texts, langs, strict=True)
        ]
        ends = self._clock() + LIMIT
        with self._client.stream("POST", self._url, json={"texts": asked}, timeout=LIMIT) as answer:
            if answer.status_code != httpx.codes.OK:
                raise BadAnswer(f"it answered {answer.status_code}")
            raw = self._whole(answer, ends)
        try:
            content = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise BadAnswer("its answer is not JSON") from error
        return judgements(content, len(texts))

    def _whole(self, answer: httpx.Response, ends: float) -> bytes:
        """Read the answer, bounded in size and time: the client's own limit is one for each silence."""
        content = bytearray()
        for part in answer.iter_bytes():
            content += part
            if len(content) > MOST:
                raise BadAnswer("its answer is too long")
            if self._clock() > ends:
                raise BadAnswer("its answer takes too long")
        return bytes(content)

    def _fail(self, why: str, *, rest: float = REST) -> None:
        self._rests_until = self._clock() + rest
        if self.failing != why:
            log.warning("sentiment.server_fails", url=_bare(self._url), why=why[:200], instead="tables")
        self.failing = why


def judgements(content: Any, count: int) -> list[Sentiment]:
    """Return the judgements in an answer. Raises BadAnswer unless there are `count` sound ones."""
    results = content.get("results") if isinstance(content, dict) else None
    if not isinstance(results, list) or len(results) != count:
        raise BadAnswer(f"its answer has no list of {count} results")
    return [_judgement(one) for one in results]


def _judgement(one: Any) -> Sentiment:
    if not isinstance(one, dict) or one.get("label") not in LABELS:
        raise BadAnswer(f"a result has no label of {', '.join(LABELS)}")
    return Sentiment(one["label"], _number(one, "score", -1.0), _number(one, "confidence", 0.0))


def _number(one: Mapping[str, Any], name: str, low: float) -> float:
    value = one.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= 1:
        raise BadAnswer(f"a result's {name} is not a number from {low:g} to 1")
    return float(value)


def _bare(url: str) -> str:
    """The URL without what may be secret."""
    parts = httpx.URL(url)
    return f"{parts.scheme}://{parts.host}{parts.path}"
