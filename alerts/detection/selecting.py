"""`yes if condition else no` without a branch: hundreds of branches would take Numba long to compile."""

from typing import Any

from numba import types
from numba.extending import intrinsic


@intrinsic
def select(_: Any, condition: Any, yes: Any, no: Any) -> Any:  # noqa: ARG001 - their types are those of `yes`
    """One of two scalars of the same type; both are there."""
    kind = getattr(yes, "literal_type", yes)

    def built(__: Any, builder: Any, ___: Any, values: Any) -> Any:
        return builder.select(*values)

    return kind(types.boolean, kind, kind), built
