"""A plan carried out once: arrays in, the numbers of chosen values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pellucid.engines.native.planner import Planned
from pellucid.engines.native.values import Value
from pellucid.errors import DataError
from pellucid.graph import NUMBER, Path

__all__ = ["carry_out", "missing_row"]


def carry_out(
    planned: Planned,
    program: Any,
    inputs: Sequence[np.ndarray],
    sizes: Mapping[str, int],
    values: Mapping[Path, Value],
) -> dict[Path, Any]:
    """Run a plan from its first instruction to its last.

    Args:
        planned: the plan.
        program: the compiled side of it, which has the state already.
        inputs: the arrays of the batch, in the order of the plan's inputs.
        sizes: the unknown sizes, by the symbols that graphs have for them.
        values: what is wanted, by path; the plan keeps them to the end.
    Raises:
        DataError: if a label chooses a row that is not there.
    """
    symbols = [sizes.get(symbol, 1) for symbol in planned.symbols]
    wanted = {path: value for path, value in values.items() if not value.single}
    arrays = {path: np.empty(_shape(value, symbols), value.dtype) for path, value in wanted.items()}
    outputs = [(planned.buffer(value), arrays[path]) for path, value in wanted.items()]
    fault = program.apply([np.ascontiguousarray(array) for array in inputs], outputs, symbols)
    if fault is not None:
        raise missing_row(*fault)
    return {
        path: _single(planned, program, value) if value.single else arrays[path]
        for path, value in values.items()
    }


def missing_row(example: int, index: int, count: int) -> DataError:
    """Return the error about an example that chooses a row which a table does not have."""
    return DataError(
        f"example {example} chooses a row that is not there",
        expected=f"a whole number from 0 to {count - 1}",
        received=str(index),
    )


def _single(planned: Planned, program: Any, value: Value) -> Any:
    number = program.get(planned.memory.register(value))
    return number if value.dtype == NUMBER else np.asarray(number).astype(value.dtype)[()]


def _shape(value: Value, symbols: list[int]) -> tuple[int, ...]:
    sizes = []
    for extent in value.shape:
        factor, *places = (extent,) if isinstance(extent, int) else extent
        sizes.append(int(np.prod([factor, *[symbols[place] for place in places]])))
    return tuple(sizes)
