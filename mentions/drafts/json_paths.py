"""JSON paths (RFC 9535) whose work grows with the body, and with nothing else. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice

from jsonpath_rfc9535 import JSONPathError, JSONPathNode, JSONPathQuery
from jsonpath_rfc9535 import compile as compile_path
from jsonpath_rfc9535.filter_expressions import (
    ComparisonExpression,
    Expression,
    FilterExpression,
    FilterQuery,
    FunctionExtension,
    LogicalExpression,
    PrefixExpression,
    RelativeFilterQuery,
)
from jsonpath_rfc9535.segments import JSONPathRecursiveDescentSegment
from jsonpath_rfc9535.selectors import FilterSelector, IndexSelector, NameSelector, WildcardSelector

from kit.errors import Invalid

MAX_FOUND = 100_000  # values of one path in one body
MAX_STEPS = 25
"""Selectors of one path: each may look once at every value of the body."""
PATTERNS = frozenset({"match", "search"})
"""Functions with a regular expression, which a hostile text can keep busy for ever."""


def reader(path: str) -> Callable[[object], object]:
    """What finds the path's value: the list of several, None for nothing; Invalid says why it cannot be one.

    The reader raises Invalid for content that is nested too deep.
    """
    try:
        query = compile_path(path)
        trouble = _trouble(query)
    except (JSONPathError, RecursionError, ValueError) as error:
        raise Invalid("{!r} is not a JSON path: {}.", path, error) from error
    if trouble:
        raise Invalid("{!r} may take for ever: {}.", path, trouble)
    steps = _steps(query)
    return partial(_values, query) if steps is None else partial(_stepped, steps)


EACH = None
"""The step to all members or elements, in a path that is steps alone."""
Steps = tuple[str | int | None, ...]


def _steps(query: JSONPathQuery) -> Steps | None:
    """The path as names, places in a list and EACH; None when it asks for more."""
    steps: list[str | int | None] = []
    for segment in query.segments:
        selector = segment.selectors[0]
        if isinstance(segment, JSONPathRecursiveDescentSegment) or len(segment.selectors) > 1:
            return None
        if isinstance(selector, NameSelector):
            steps.append(selector.name)
        elif isinstance(selector, IndexSelector):
            steps.append(selector.index)
        elif isinstance(selector, WildcardSelector):
            steps.append(EACH)
        else:
            return None
    return tuple(steps)


def _stepped(steps: Steps, content: object) -> object:
    """What `_values` finds, in a fifth of the time: the library makes a node of each value on the way."""
    found: list[object] = [content] if isinstance(content, dict | list) else []
    for step in steps:
        if step is EACH:
            found = [value for one in found for value in _inside(one)]
        elif isinstance(step, str):
            found = [one[step] for one in found if isinstance(one, dict) and step in one]
        else:
            found = [one[step] for one in found if isinstance(one, list) and -len(one) <= step < len(one)]
    return found[0] if len(found) == 1 else found[:MAX_FOUND] or None


def _inside(content: object) -> Iterable[object]:
    if isinstance(content, dict):
        return content.values()
    return content if isinstance(content, list) else ()


def _values(query: JSONPathQuery, content: object) -> object:
    if not isinstance(content, dict | list):
        return None
    try:
        nodes: list[JSONPathNode] = list(islice(query.finditer(content), MAX_FOUND))
    except (JSONPathError, RecursionError) as error:
        raise Invalid("This is nested too deep to be read.") from error
    if len(nodes) == 1:
        return nodes[0].value
    return [node.value for node in nodes] or None


def _trouble(query: JSONPathQuery) -> str | None:
    """By what the work would multiply, in words."""
    if sum(isinstance(segment, JSONPathRecursiveDescentSegment) for segment in query.segments) > 1:
        return "it searches the depths (..) more than once"
    if sum(len(segment.selectors) > 1 for segment in query.segments) > 1:
        return "it has brackets with several choices more than once"
    selectors = [selector for segment in query.segments for selector in segment.selectors]
    if len(selectors) > MAX_STEPS:
        return f"it has more than {MAX_STEPS} steps"
    filters = (one.expression for one in selectors if isinstance(one, FilterSelector))
    for part in (part for expression in filters for part in _parts(expression)):
        if isinstance(part, FunctionExtension) and part.name in PATTERNS:
            return f"{part.name}() compares with a pattern"
        if isinstance(part, FilterQuery) and not (
            isinstance(part, RelativeFilterQuery) and part.query.singular_query()
        ):
            return "a filter may only ask for plain places below its item, such as @.user.role"
    return None


def _parts(expression: Expression) -> Iterator[Expression]:
    yield expression
    if isinstance(expression, FilterExpression):
        inner = [expression.expression]
    elif isinstance(expression, PrefixExpression):
        inner = [expression.right]
    elif isinstance(expression, LogicalExpression | ComparisonExpression):
        inner = [expression.left, expression.right]
    else:
        inner = list(expression.args) if isinstance(expression, FunctionExtension) else []
    for one in inner:
        yield from _parts(one)
