"""Run one of our own operations in this process: what a page does instead of a request to itself."""

from __future__ import annotations

from typing import Any

from graphql import VariableDefinitionNode

from api.context import Context
from api.operations import operations
from api.schema import schema
from kit.errors import Invalid, TocsinError


async def run_operation(
    context: Context, name: str, variables: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The `data` of the named operation; raises the first expected failure, or RuntimeError for a bug.

    A variable that its type refuses is Invalid: pages hand on what stands in an address or a form.
    """
    result = await schema.execute(
        operations()[name], variable_values=variables or {}, context_value=context, operation_name=name
    )
    for error in result.errors or []:
        if isinstance(error.original_error, TocsinError):
            raise error.original_error
        if error.nodes and isinstance(error.nodes[0], VariableDefinitionNode):
            variable = error.nodes[0].variable.name.value
            raise Invalid("{} cannot be read.", variable, field=variable) from error
        raise RuntimeError(f"{name}: {error}") from error.original_error
    assert result.data is not None
    return result.data
