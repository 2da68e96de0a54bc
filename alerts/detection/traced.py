"""Arithmetic on arrays, written down while it runs: what NumPy does to a whole column, as scalar statements.

`Traced` stands in for an array with one entry per series. Functions that were written for NumPy arrays work
on it as they are; it computes nothing, but notes each operation as a line of Python about one series. So the
compiled loop over minutes (compiled.py) is made of the very functions that judge a live minute, and cannot
drift from them. Types follow NumPy's own rules: each operation is tried on arrays of one entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Names = NDArray[np.object_]
"""Names or literals of scalars; of shape [1] for a column, [3, 1] for three of them."""

CALLS = {
    np.add: "({} + {})",
    np.subtract: "({} - {})",
    np.multiply: "({} * {})",
    np.true_divide: "({} / {})",
    np.floor_divide: "({} // {})",
    np.negative: "(-{})",
    np.sqrt: "math.sqrt({})",
    np.absolute: "abs({})",
    np.square: "({0} * {0})",
    np.maximum: "select(({0} >= {1}) | ({0} != {0}), {0}, {1})",
    np.minimum: "select(({0} <= {1}) | ({0} != {0}), {0}, {1})",
    np.greater: "({} > {})",
    np.greater_equal: "({} >= {})",
    np.less: "({} < {})",
    np.less_equal: "({} <= {})",
    np.equal: "({} == {})",
    np.not_equal: "({} != {})",
    np.bitwise_and: "({} & {})",
    np.bitwise_or: "({} | {})",
    np.logical_and: "({} & {})",
    np.logical_or: "({} | {})",
    np.invert: "(not {})",
    np.logical_not: "(not {})",
    np.isnan: "({0} != {0})",
}
"""What each of NumPy's functions is for one number."""

COMPARISONS = {np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal, np.isnan}


class Untraceable(TypeError):
    """The arithmetic uses something that has no scalar form here."""


class Program:
    """The statements so far; the same expression is written down once."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._known: dict[str, str] = {}

    def input(self, name: str, kind: Any, rows: int = 0) -> Traced:
        """A column that is there at the beginning; with `rows` > 0 so many of them: name_0, name_1 …"""
        names = [[f"{name}_{row}"] for row in range(rows)] if rows else [name]
        return Traced(self, np.array(names, dtype=object), np.dtype(kind))

    def note(self, expression: str, kind: np.dtype[Any]) -> str:
        """The name of a scalar with that value, of that type: sums of whole numbers would become wider."""
        written = f"np.{kind.name}({expression})" if kind.kind in "iu" else expression
        if written not in self._known:
            self._known[written] = f"v{len(self._known)}"
            self.lines.append(f"{self._known[written]} = {written}")
        return self._known[written]

    def noted(self, kind: Any, form: str, *operands: Any) -> Traced:
        """`form` filled with the operands, entry by entry, for all entries of their common shape."""
        kind = np.dtype(kind)
        one = np.frompyfunc(lambda *names: self.note(form.format(*names), kind), len(operands), 1)
        return Traced(self, np.array(one(*operands), dtype=object), kind)


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """A column of which only the names of its entries are known."""

    def __init__(self, program: Program, names: Names, dtype: np.dtype[Any]) -> None:
        self.program, self.names, self.dtype = program, names, dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """[1], or [3, 1]."""
        return self.names.shape

    def any(self) -> bool:
        """It may be so: what depends on it is written down."""
        return True

    def copy(self) -> Traced:
        """The same; entries that are set afterwards do not show in the original."""
        return Traced(self.program, self.names.copy(), self.dtype)

    def astype(self, kind: Any) -> Traced:
        """Rounded to another type."""
        kind = np.dtype(kind)
        return self if kind == self.dtype else self.program.noted(kind, f"np.{kind.name}({{}})", self.names)

    def __getitem__(self, key: Any) -> Traced:
        """Rows by number; parts and masks of the series are all of them, for there is one."""
        if isinstance(key, Traced | slice) or (isinstance(key, tuple) and key[0] is Ellipsis):
            return self
        return Traced(self.program, self.names[key], self.dtype)

    def __setitem__(self, key: Any, value: Any) -> None:
        """`column[mask] = value`, where the mask says so."""
        if not isinstance(key, Traced):
            raise Untraceable("only entries under a mask can be set")
        self.names = _where(key, value, self).astype(self.dtype).names

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **_: Any) -> Any:
        if ufunc is np.power and inputs[1] == 2:
            ufunc, inputs = np.square, inputs[:1]
        if ufunc is np.frexp:
            return _frexp(self.program, inputs[0])
        if method != "__call__" or ufunc not in CALLS:
            raise Untraceable(f"{ufunc.__name__}.{method}")
        kind = ufunc(*(_sample(one) for one in inputs)).dtype
        taken = np.result_type(*(_sample(one) for one in inputs)) if ufunc in COMPARISONS else kind
        return self.program.noted(kind, CALLS[ufunc], *(_entries(one, taken) for one in inputs))

    def __array_function__(
        self,
        function: Callable[..., Any],
        _: Iterable[type],
        given: tuple[Any, ...],
        named: Mapping[str, Any],
    ) -> Any:
        if function not in FUNCTIONS:
            raise Untraceable(function.__name__)
        return FUNCTIONS[function](*given, **named)


def _sample(value: Any) -> Any:
    """Something of the same type to try an operation on; plain numbers stay plain: NumPy treats them so."""
    if isinstance(value, Traced):
        return np.ones(value.shape, dtype=value.dtype)
    return value


def _entries(value: Any, kind: np.dtype[Any]) -> Names:
    """The entries' names, or the literals of a constant, as that type."""
    if isinstance(value, Traced):
        return value.astype(kind).names
    form = "{!r}" if kind in (np.float64, np.bool_) else f"np.{kind.name}({{!r}})"
    literal = np.frompyfunc(form.format, 1, 1)
    return np.array(literal(np.asarray(value).astype(kind).astype(object)), dtype=object)


def _program_of(*values: Any) -> Program:
    return next(value.program for value in values if isinstance(value, Traced))


def _where(condition: Any, yes: Any, no: Any) -> Any:
    if not isinstance(condition, Traced):  # known beforehand: only one of them is needed
        program = _program_of(yes, no)
        kind = np.result_type(_sample(yes), _sample(no))
        chosen = np.where(condition, _entries(yes, kind), _entries(no, kind))
        return Traced(program, chosen, kind)
    program = condition.program
    kind = np.where(np.ones(1, np.bool_), _sample(yes), _sample(no)).dtype
    operands = (condition.names, _entries(yes, kind), _entries(no, kind))
    return program.noted(kind, "select({0}, {1}, {2})", *operands)


def _frexp(program: Program, value: Any) -> tuple[Traced, Traced]:
    names = _entries(value, np.dtype(np.float64))
    return (
        program.noted(np.float64, "math.frexp({})[0]", names),
        program.noted(np.int32, "math.frexp({})[1]", names),
    )


def _stack(rows: list[Any], axis: int = 0) -> Traced:
    if axis != 0:
        raise Untraceable("stack along an axis other than the first")
    program = _program_of(*rows)
    kind = np.result_type(*(_sample(row) for row in rows))
    return Traced(program, np.stack([_entries(row, kind) for row in rows]), kind)


def _like(column: Traced, value: Any, dtype: Any = None) -> Traced:
    """A constant column of the same shape."""
    kind = np.dtype(dtype or column.dtype)
    return Traced(column.program, _entries(np.full(column.shape, value), kind), kind)


def _clip(column: Any, least: Any, most: Any) -> Any:
    return np.minimum(np.maximum(column, least), most)


FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.where: _where,
    np.clip: _clip,
    np.stack: _stack,
    np.zeros_like: lambda column, dtype=None: _like(column, 0, dtype),
    np.ones_like: lambda column, dtype=None: _like(column, 1, dtype),
    np.nan_to_num: lambda column: _where(np.isnan(column), 0.0, column),
    np.broadcast_to: lambda column, _: column,
    np.all: lambda _: True,  # what was checked of the settings before
}
