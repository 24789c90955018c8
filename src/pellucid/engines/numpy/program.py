"""The whole program that a model prints: it needs NumPy only, and it is what runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pellucid.engines.blueprint import Blueprint
from pellucid.engines.numpy import library
from pellucid.engines.numpy.bodies import Above, Functions, collection, indented, nothing
from pellucid.engines.numpy.carried import carried, source_of
from pellucid.engines.numpy.cores import ENVIRONMENT, LARGE
from pellucid.engines.numpy.expressions import double_quoted
from pellucid.engines.numpy.step import as_array, write_predict, write_results, write_step
from pellucid.graph import INPUT, STATE, Graph, product
from pellucid.ops import Primitive

__all__ = ["Program", "helpers_of", "layer_numbers"]

_STEP_DOC = (
    "One step of gradient descent on a batch; it puts the new numbers into state.\n\n"
    "{about}\n"
    "d_W is the derivative of the loss with respect to W: one number for each number in W."
)
_STANDARD = {  # imports, and what needs them
    "import math": "math.",
    "import os": "os.",
    "from pathlib import Path": "Path(",
}
_EVALUATE_DOC = "Add a batch to the metrics, without learning from it.\n\n{about}"


class Program:
    """The text of a program, in its parts.

    Attributes:
        blueprint: the model.
        functions: the texts of all functions that the model's graphs became, by name.
        large: whether there are products so large that they might be shared among cores.
    """

    def __init__(self, blueprint: Blueprint, above: Above = nothing) -> None:
        self.blueprint = blueprint
        self.functions = Functions()
        self.numbers = layer_numbers(blueprint)
        sizes = [product(leaf.shape) for leaf in blueprint.predict.leaves(STATE)]
        self.large = any(isinstance(size, int) and size > LARGE for size in sizes)
        self._parts = [write_predict(blueprint.predict, self.functions, self.numbers)]
        training = blueprint.training
        if training is not None:
            step = write_step(training.step, self.functions, self.numbers, "train_step", _STEP_DOC, above)
            self._parts += [step, *self.functions.texts.values()]
            self._parts += [write_results(training.results, self.functions), _write_train(training.step)]
        else:
            self._parts += self.functions.texts.values()
        self._parts.append(_write_initial_state(blueprint))

    def evaluation(self) -> str:
        """Return evaluate_step(x, y, state), with the functions that only it needs."""
        training = self.blueprint.training
        if training is None:
            raise ValueError("a model that is not compiled has nothing to evaluate")
        graph = training.evaluate()
        known = {*self.functions.texts, *self.helpers()}
        parts = [write_step(graph, self.functions, self.numbers, "evaluate_step", _EVALUATE_DOC)]
        parts += [text for name, text in self.functions.texts.items() if name not in known]
        parts += [
            source_of(helper) for name, helper in carried(helpers_of(graph)).items() if name not in known
        ]
        return "\n\n\n".join(parts) + "\n"

    def text(self, opening: str = "", *more: str) -> str:
        """Return the program: a docstring, the imports, the model's functions, and what they call."""
        helpers = [source_of(function) for function in self.helpers().values()]
        parts = [*self._parts, *more, *helpers]
        if not opening:
            return "\n\n\n".join([_imports(parts), *parts]) + "\n"
        imports = _imports(
            parts, [f"{ENVIRONMENT}  # on one core: more would round in another way"] * self.large
        )
        return "\n\n\n".join([f'"""{opening}"""\n\n{imports}', *parts]) + "\n"

    def helpers(self) -> dict[str, Callable[..., Any]]:
        """Return the functions that formulas, initial weights and the loop call, by name."""
        graphs = [self.blueprint.predict]
        wanted: list[Callable[..., Any]] = []
        if self.blueprint.training is not None:
            graphs.append(self.blueprint.training.step)
            wanted.append(library.orders)
        made_by = [recipe.function for recipe in self.blueprint.weights.values()]
        wanted += [function for function in made_by if not function.__module__.startswith("numpy")]
        formulas: dict[Callable[..., Any], None] = {}
        for graph in graphs:
            formulas.update(dict.fromkeys(helpers_of(graph)))
        return carried([*formulas, *wanted])


def _imports(parts: Sequence[str], first: Sequence[str] = ()) -> str:
    """Write the imports, with what must be said before NumPy is loaded."""
    standard = [line for line, use in _STANDARD.items() if any(use in part for part in (*parts, *first))]
    blocks = [standard, first, ["import numpy as np"]]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def helpers_of(graph: Graph) -> list[Callable[..., Any]]:
    """Return the functions that the formulas of a graph call."""
    found: list[Callable[..., Any]] = []
    for node in graph.live():
        if isinstance(node.op, Primitive):
            found += node.op.helpers
        found += [
            helper for _, value in node.attributes if isinstance(value, Graph) for helper in helpers_of(value)
        ]
    return found


def layer_numbers(blueprint: Blueprint) -> dict[str, str]:
    """Number the layers whose weights are called alike; one that has its names for itself needs no number."""
    words: dict[str, frozenset[str]] = {path.rpartition("/")[0]: frozenset() for path in blueprint.weights}
    graphs = [blueprint.predict] + ([] if blueprint.training is None else [blueprint.training.step])
    for graph in graphs:
        for leaf in graph.leaves(STATE):
            name = graph.notes[leaf].name
            if name is not None and name.owner in words:
                words[name.owner] |= {name.text}
    kinds: dict[frozenset[str], list[str]] = {}
    for owner, own in words.items():
        alike = [kind for kind in kinds if kind & own]
        members = [other for kind in alike for other in kinds.pop(kind)]
        kinds[own.union(*alike)] = [*members, owner]
    return {
        owner: str(place + 1)
        for members in kinds.values()
        if len(members) > 1
        for place, owner in enumerate(members)
    }


def _write_train(step: Graph) -> str:
    """Write the plain loop over epochs and batches."""
    inputs = step.leaves(INPUT)
    x, y, *weights = [leaf["name"] for leaf in inputs]
    batch = ", ".join(f"{name}[batch]" if name != "state" else name for name in (x, y, "state", *weights))
    lines = [
        '"""Show all examples to the model, epochs times, batch_size at a time, in a new order each time.',
        "",
        "Returns the loss and the metrics of every epoch.",
        '"""',
        *[f"{leaf['name']} = {as_array(leaf)}" for leaf in inputs],
        "history = []",
        f'for order in orders(len({x}), state["seed"], state["epoch"], epochs):',
        '    state["metrics"] = dict.fromkeys(state["metrics"], 0)',
        f"    for start in range(0, len({x}), batch_size):",
        "        batch = order[start:start + batch_size]         # the last one may be smaller",
        f"        train_step({batch})",
        '    state["epoch"] += 1',
        '    history.append(results(state["metrics"]))',
        "return history",
    ]
    arguments = ", ".join([x, y, "state", *weights, "epochs", "batch_size=32"])
    return "\n".join([f"def train({arguments}):", *indented(lines)])


def _write_initial_state(blueprint: Blueprint) -> str:
    """Write initial_state(seed): the recipes of the weights, and everything else at its beginning."""
    lines = ['"""What training starts from."""', "weights = {"]
    lines += [f'    "{path}": {double_quoted(str(recipe))},' for path, recipe in blueprint.weights.items()]
    lines.append("}")
    entries = ['"weights": weights,']
    training = blueprint.training
    if training is not None:
        zeros = "{name: np.zeros_like(w) for name, w in weights.items()}"
        if training.slots and len(training.trainable) < len(blueprint.weights):
            lines += collection("trainable = [", [f'"{path}"' for path in training.trainable], "]")
            zeros = "{name: np.zeros_like(weights[name]) for name in trainable}"
        entries += [f'"{slot}": {zeros},' for slot in training.slots]
        entries.append(f'"optimizer": {{"step": 0, "learning_rate": {training.learning_rate!r}}},')
        entries += collection('"metrics": {', [f'"{name}": 0' for name in training.sums], "},")
    lines += ["return {", *indented([*entries, '"seed": seed,', '"epoch": 0,']), "}"]
    return "\n".join(["def initial_state(seed):", *indented(lines)])
