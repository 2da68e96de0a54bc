"""`tocsin copies`: JSON lines `{"id"?, "text", "repost_of"?}` in, JSON lines `{"id", "story", "copy"}` out.

A story is named by the id of its first text; without an id that is the line's number. Each line is judged by
those before it, of which the last 60,000 stories and 200,000 ids are remembered, so that memory stays flat
however long the input is.
"""

from __future__ import annotations

import argparse
import gc
import json
from collections.abc import Sequence
from typing import NamedTuple

from mentions.copies import Index, Sketch, sketch
from tocsin import json_lines
from tocsin.json_lines import BadLine, text_of

REMEMBERED = 200_000
"""Ids to which a "repost_of" can refer."""

Id = str | int


class Line(NamedTuple):
    """One line of input."""

    id: Id
    text: str
    repost_of: Id | None


class Folder:
    """The stories so far."""

    def __init__(self) -> None:
        self._index: Index[Id] = Index()
        self._story_of: dict[Id, Id] = {}

    def fold(self, lines: Sequence[Line]) -> list[tuple[Id, bool]]:
        """For each line its story and whether it is a copy, in their order."""
        sketches = sketch([line.text for line in lines])
        return [self._one(line, made) for line, made in zip(lines, sketches, strict=True)]

    def _one(self, line: Line, made: Sketch) -> tuple[Id, bool]:
        repost = line.repost_of is not None or made.repost
        story = self._story_of.get(line.repost_of) if line.repost_of is not None else None
        if story is None:
            found = self._index.find(made, repost=repost)
            story = found.note if found else None
        if story is None and self._index.tells(made, repost=repost):
            self._index.add(0, made, line.id)
        self._story_of[line.id] = line.id if story is None else story
        if len(self._story_of) > REMEMBERED:
            del self._story_of[next(iter(self._story_of))]
        return self._story_of[line.id], repost or story is not None


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments: it has none."""
    parser.description = "Fold copies into stories: JSON lines from stdin to JSON lines on stdout."


def run(_args: argparse.Namespace) -> int:
    """Fold stdin to stdout. Returns 0, or 2 after one line on stderr that names the broken line."""
    gc.disable()  # what is kept are sketches, which hold no cycles
    folder = Folder()
    return json_lines.run("copies", _parse, lambda batch: _answers(batch, folder))


def _answers(batch: Sequence[Line], folder: Folder) -> bytes:
    told = folder.fold(batch)
    return "".join(
        json.dumps({"id": line.id, "story": story, "copy": copy}) + "\n"
        for line, (story, copy) in zip(batch, told, strict=True)
    ).encode("ascii")


def _parse(number: int, found: dict[str, object]) -> Line:
    given = _id(number, found, "id")
    return Line(number if given is None else given, text_of(number, found), _id(number, found, "repost_of"))


def _id(number: int, found: dict[str, object], name: str) -> Id | None:
    value = found.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadLine(number, f'"{name}" is neither a string nor a whole number')
    return value
