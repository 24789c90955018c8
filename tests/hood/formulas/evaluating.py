"""Works out what a printed formula says, from its text and nothing else."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from pellucid.ops import formulas, formulas_windows

__all__ = ["evaluate_layers", "evaluate_rule", "inside"]


def _largest(*values: Any, axis: Any = None) -> Any:
    return np.max(values[0], axis=axis) if len(values) == 1 else np.maximum(*values)


FUNCTIONS: dict[str, Any] = {
    **{name: getattr(np, name) for name in np.__all__ if not name.startswith("_")},
    **{name: getattr(formulas, name) for name in formulas.__all__},
    **{name: getattr(formulas_windows, name) for name in formulas_windows.__all__},
    "math": math,
    "max": _largest,
    "min": np.minimum,
    "n": 1,
    "erf": lambda x: formulas.erf(np.asarray(x)) if np.ndim(x) else math.erf(x),
}


def evaluate_layers(formula: Any, weights: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """Return the answers for one example, worked out line by line.

    Args:
        formula: of the model.
        weights: by the letters that formulas call them.
        x: one example, with the axis of the batch.
    """
    arrays: dict[str, Any] = {**weights, "x": x}
    numbers = dict(zip(formula.features, x.ravel(), strict=True)) if formula.features else {}
    value: Any = x
    for layer in formula.layers:
        for line in layer.lines:
            if line.numbers:
                made = {name: _worked_out(text, arrays, numbers) for name, text in line.numbers.items()}
                numbers |= made
                value = np.array(list(made.values()), float)
                places = [re.search(r"\[(.*)\]", name) for name in made]
                if all(places):
                    last = max(tuple(int(i) + 1 for i in place[1].split(",")) for place in places)  # type: ignore[index]
                    value = value.reshape((1, *last) if np.prod(last) == len(made) else -1)
                elif f"{line.name}[:, None]" not in str(formula):  # where it has an axis for the batch alone
                    value = value[None]
            else:
                others = {label: number for label, number in numbers.items() if label not in arrays}
                value = _worked_out(line.text, arrays, others)
                numbers |= _elements(line.name, np.asarray(value))
            arrays[line.name] = value
    return np.asarray(value)


def _elements(name: str, value: np.ndarray) -> dict[str, Any]:
    """Call the numbers of a small array as formulas do: a1[0], a1[1]."""
    inner = value[0] if value.ndim else value
    if inner.size == 1:
        return {name: inner.item()}
    places = np.ndindex(inner.shape) if inner.size <= 16 else ()
    return {f"{name}[{','.join(map(str, place))}]": inner[place] for place in places}


def evaluate_rule(text: str, numbers: dict[str, float]) -> float:
    """Return what a sum is."""
    return float(_worked_out(text, {}, numbers))


def _worked_out(text: str, arrays: dict[str, Any], numbers: dict[str, float]) -> Any:
    """Evaluate a text, in which numbers may have names such as a1[2]."""
    places: dict[str, Any] = {}
    for name in sorted(numbers, key=len, reverse=True):
        own = f"_{len(places)}_"
        text, found = re.subn(rf"(?<![\w\]]){re.escape(name)}(?![\w\[.])", own, text)
        if found:
            places[own] = numbers[name]
    text = re.sub(r"(?<![.\w])([a-z]\w*)\(", r"functions['\1'](", text)  # a value may be called mean, too
    with np.errstate(all="ignore"):
        return eval(text, {**FUNCTIONS, **arrays, **places, "functions": FUNCTIONS})  # noqa: S307 - our own


def inside(text: str, numbers: dict[str, float]) -> bool:
    """Whether a place such as "x1 > 2 and x2 <= 0.5 * x1" holds."""
    return text == "all inputs" or bool(_worked_out(text, {}, numbers))
