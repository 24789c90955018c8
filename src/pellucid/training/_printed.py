"""The program of a model, ready to be read, saved and run on its own."""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np

from pellucid.engines.numpy import NumpyEngine
from pellucid.engines.numpy.bodies import indented
from pellucid.graph import INPUT, Graph, shape_text
from pellucid.training.base import BaseModel

__all__ = ["printed_program"]

_LITERAL = 1000  # so many numbers at most are written into the program itself


def printed_program(model: BaseModel, engine: NumpyEngine, path: str | os.PathLike[str] | None = None) -> str:
    """Return a model's program with its present weights; save both if there is a path."""
    weights = {weight.path: weight.value for weight in model.weights}
    beside = os.path.splitext(os.fspath(path or model.name))[0] + ".npz"
    small = sum(array.size for array in weights.values()) <= _LITERAL
    trained = _literal_weights(weights) if small else _loaded_weights(os.path.basename(beside))
    text = engine.program.text(_opening(model, engine), trained)
    if path is not None:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        if not small:
            np.savez(beside, **weights)  # type: ignore[arg-type]
    return text


def _opening(model: BaseModel, engine: NumpyEngine) -> str:
    """Say what the program is, and how to use it."""
    blueprint = engine.program.blueprint
    (x,) = blueprint.predict.leaves(INPUT)
    graph = blueprint.predict if blueprint.training is None else blueprint.training.step
    lines = [
        f"The model {model.name!r}, written by Pellucid. It needs NumPy only.",
        "",
        f"    predict(x, trained_weights())                # x: {x.dtype} {shape_text(x.shape)}",
    ]
    if blueprint.training is not None:
        inputs = [leaf["name"] for leaf in blueprint.training.step.leaves(INPUT)]
        about = ", ".join(
            f"{leaf['name']}: {leaf.dtype} {shape_text(leaf.shape)}"
            for leaf in blueprint.training.step.leaves(INPUT)[1:]
        )
        lines += [
            f"    state = initial_state(seed={model.seed})",
            f"    history = train({', '.join(inputs)}, state, epochs=10)",
        ]
        lines[-1] = f"{lines[-1]:<49}# {about}"
    notes = [f"{_harmless(name)}: {_harmless(text)}" for name, text in model.notes.items()]
    return "\n".join([*lines, "", *notes, *[""] * bool(notes), f"Graph {_fingerprint(graph)}.", ""])


def _harmless(text: str) -> str:
    """Replace the signs by which a text, perhaps from a stranger's file, could end the docstring it stands in."""
    return "".join([sign if sign.isprintable() and sign not in '"\\' else "_" for sign in text])


def _fingerprint(graph: Graph) -> str:
    """Return eight letters and digits that name a graph: every engine that runs it shows the same."""
    from hashlib import sha256

    return sha256(str(graph).encode()).hexdigest()[:8]


def _literal_weights(weights: Mapping[str, np.ndarray]) -> str:
    lines = ['"""The weights after training."""', "return {"]
    for path, array in weights.items():
        text = np.array2string(
            array,
            separator=", ",
            threshold=array.size + 1,
            max_line_width=88,
            formatter={"float_kind": _shortest},
        )
        first, *rest = text.split("\n")
        lines.append(f'    "{path}": np.array({first}')
        lines += [" " * 8 + row.strip() for row in rest]
        lines[-1] += f", np.{array.dtype.name}),"
    return "\n".join(["def trained_weights():", *indented([*lines, "}"])])


def _shortest(number: np.floating) -> str:
    """Write a number with as few digits as give it back to the last bit."""
    text = np.format_float_positional(number, unique=True, trim="0")
    scientific = np.format_float_scientific(number, unique=True, trim="-")
    return min(text, scientific, key=len)


def _loaded_weights(file: str) -> str:
    return "\n".join(
        [
            "def trained_weights():",
            f'    """The weights after training, from the file {file} beside this one."""',
            f'    with np.load(Path(__file__).with_name("{file}")) as file:',
            "        return dict(file)",
        ]
    )
