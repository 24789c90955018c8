"""The program of a model, ready to be read, saved and run on its own."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from textwrap import wrap

import numpy as np

from pellucid.engines.numpy.bodies import indented, nothing
from pellucid.engines.numpy.program import Program
from pellucid.graph import INPUT, Graph, shape_text
from pellucid.hood.opened import Opened
from pellucid.hood.source.derivations import Derivations

__all__ = ["printed_program"]

_LITERAL = 1000  # so many numbers at most are written into the program itself
_WIDTH = 84  # characters of a row of numbers


def printed_program(
    opened: Opened,
    notes: Mapping[str, str],
    path: str | os.PathLike[str] | None = None,
    derivations: bool = False,
) -> str:
    """Return a model's program with its present weights; save both if there is a path.

    Args:
        opened: the model.
        notes: what its docstring says beside how to use it.
        path: where to save it; a notebook if it ends in .ipynb.
        derivations: whether it says above each gradient why that is the gradient.
    """
    blueprint, weights = opened.blueprint, opened.state["weights"]
    is_notebook = path is not None and os.fspath(path).endswith(".ipynb")
    beside = os.path.splitext(os.fspath(path or blueprint.title))[0] + ".npz"
    small = sum(array.size for array in weights.values()) <= _LITERAL
    trained = _literal_weights(weights) if small else _loaded_weights(os.path.basename(beside), is_notebook)
    if is_notebook:
        from pellucid.hood.source.notebook import notebook_text

        text = notebook_text(opened, _about(opened, notes), trained)
    else:
        above = Derivations(opened) if derivations and blueprint.training is not None else nothing
        text = Program(blueprint, above).text(_opening(opened, notes), trained)
    if path is not None:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        if not small:
            np.savez(beside, **weights)
    return text


def _opening(opened: Opened, notes: Mapping[str, str]) -> str:
    """Say what the program is, and how to use it."""
    use = ["    predict(x, trained_weights())"]
    if opened.blueprint.training is not None:
        names = [leaf["name"] for leaf in opened.blueprint.training.step.leaves(INPUT)]
        use += [
            f"    state = initial_state(seed={opened.state['seed']})",
            f"    history = train({', '.join([*names[:2], 'state', *names[2:], 'epochs=10'])})",
            '    predict(x, state["weights"])',
        ]
    first, *facts = _about(opened, notes)
    return "\n".join([first, "", *use, "", *facts, ""])


def _about(opened: Opened, notes: Mapping[str, str]) -> list[str]:
    """Return lines that say what the program is."""
    blueprint = opened.blueprint
    graph = blueprint.predict if blueprint.training is None else blueprint.training.step
    shapes = [f"{leaf['name']}: {leaf.dtype} {shape_text(leaf.shape)}" for leaf in graph.leaves(INPUT)]
    first = f"The model {blueprint.title!r}, written by Pellucid. It needs NumPy only."
    return [first, *shapes, "", *_notes(notes), f"Graph {_fingerprint(graph)}."]


def _notes(notes: Mapping[str, str]) -> list[str]:
    """Return a model's notes as lines, without signs that could end the docstring they stand in."""
    texts = [f"{name}: {text}" for name, text in notes.items()]
    safe = ["".join([c if c.isprintable() and c not in '"\\' else "_" for c in text]) for text in texts]
    lines = [line for text in safe for line in wrap(text, 100, subsequent_indent="    ")]
    return [*lines, ""] if lines else []


def _fingerprint(graph: Graph) -> str:
    """Return eight letters and digits that name a graph: every engine that runs it shows the same."""
    from hashlib import sha256

    return sha256(str(graph).encode()).hexdigest()[:8]


def _literal_weights(weights: Mapping[str, np.ndarray]) -> str:
    lines = ['"""The weights after training."""', "return {"]
    for path, array in weights.items():
        rows = _rows(array)
        if len(rows) == 1:
            lines.append(f'    "{path}": np.array({rows[0]}, np.{array.dtype.name}),')
        else:
            lines += [f'    "{path}": np.array([', *[f"        {row}" for row in rows]]
            lines.append(f"    ], np.{array.dtype.name}),")
    return "\n".join(["def trained_weights():", *indented([*lines, "}"])])


def _rows(array: np.ndarray) -> list[str]:
    """Write a short array in one line, of others the inside of the brackets, every row on its own lines."""
    numbers = [_shortest(number) for number in array.ravel()]
    whole = _nested(numbers, array.shape)
    if len(whole) <= _WIDTH:
        return [whole]
    size = array.size // len(array)
    parts = [_nested(numbers[at : at + size], array.shape[1:]) + "," for at in range(0, len(numbers), size)]
    if array.ndim == 1:
        return wrap(" ".join(parts), _WIDTH)
    return [line for part in parts for line in wrap(part, _WIDTH, subsequent_indent=" ")]


def _nested(numbers: Sequence[str], shape: tuple[int, ...]) -> str:
    if not shape:
        return numbers[0]
    size = len(numbers) // shape[0] if shape[0] else 0
    parts = [_nested(numbers[i * size : (i + 1) * size], shape[1:]) for i in range(shape[0])]
    return f"[{', '.join(parts)}]"


def _shortest(number: np.floating) -> str:
    """Write a number with as few digits as give it back to the last bit."""
    text = np.format_float_positional(number, unique=True, trim="0")
    scientific = np.format_float_scientific(number, unique=True, trim="-")
    return min(text, scientific, key=len)


def _loaded_weights(file: str, is_notebook: bool) -> str:
    place = f'"{file}"' if is_notebook else f'Path(__file__).with_name("{file}")'
    return "\n".join(
        [
            "def trained_weights():",
            f'    """The weights after training, from the file {file} beside this one."""',
            f"    with np.load({place}) as file:",
            "        return dict(file)",
        ]
    )
