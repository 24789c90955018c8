"""The graph that answers everything at once: a step of training, and gradients that it does not need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, NamedTuple, TypeAlias, final

import numpy as np

from pellucid.engines import Training, evaluation_of
from pellucid.graph import INPUT, Graph, Node, Path, Shape, Size, lift
from pellucid.hood.layers import LayerNodes, layers_of
from pellucid.hood.opened import Opened
from pellucid.transforms import pullback, simplify

__all__ = ["Answers", "Questions"]

Answers: TypeAlias = "dict[Path, Any]"
"""What the engine says.

("output", layer): what a layer gives.
("signal", layer): the gradient of the loss with respect to that, or to what its activation is given.
("slope", layer): how steep its activation is: the part of a gradient that comes through, at each place.
("gradient", path): the gradient of the loss with respect to a weight.
("updated", path): the weight after the step.
"""


class _Probe(NamedTuple):
    """An input that stands for a gradient, which is sent back through the activation of a layer.

    Attributes:
        name: that of the input.
        layer: that of the layer.
        shape: the shape of its output.
        dtype: the dtype of its output.
    """

    name: str
    layer: str
    shape: Shape
    dtype: str

    def numbers(self, examples: int) -> np.ndarray:
        """Return numbers for it: between 1 and 2, of either sign, and so that no two of them cancel."""
        sizes = [
            axis.factor * prod([examples] * len(axis.symbols)) if isinstance(axis, Size) else axis
            for axis in self.shape
        ]
        random = np.random.default_rng(0)
        numbers: np.ndarray = random.uniform(1, 2, sizes) * random.choice([-1, 1], sizes)
        return numbers.astype(self.dtype)


@final
class Questions:
    """What is asked of the engine, prepared once for any number of moments of a training.

    Args:
        opened: the model at any moment.
    Attributes:
        layers: the layers that a step of training is made of.
    """

    __slots__ = ("_evaluation", "_probes", "layers")

    def __init__(self, opened: Opened) -> None:
        step = opened.training.step
        self.layers = layers_of(step)
        graph = _copy_of(opened.training, opened.gradients(), self.layers)
        with graph:
            self._probes = [
                _send_back(graph, layer, f"probe_{number}")
                for number, layer in enumerate(self.layers)
                if ("before", layer.name) in graph.outputs
            ]
        graph.outputs = {path: node for path, node in graph.outputs.items() if path[0] in _ANSWERED}
        self._evaluation = evaluation_of(simplify(graph))

    def __call__(self, given: Mapping[str, np.ndarray], entries: Mapping[Path, Any]) -> Answers:
        """Let the engine answer.

        Args:
            given: the examples by the names of the step's inputs.
            entries: the state by path.
        """
        sent = {probe.name: probe.numbers(len(given["x"])) for probe in self._probes}
        answers = self._evaluation({**given, **sent}, entries)
        for name, layer, *_ in self._probes:
            answers["slope", layer] = np.asarray(answers.pop(("passed", layer))) / sent[name]
        return answers


_ANSWERED = ("output", "signal", "passed", "gradient", "updated")


def _copy_of(training: Training, gradients: Mapping[str, Node], layers: Sequence[LayerNodes]) -> Graph:
    """Copy what is asked about out of a step of training, with the update as a part of the graph."""
    step = training.step
    calls = {path: step.outputs["weights", path] for path in training.trainable}
    wanted: dict[Path, Node] = {("loss",): step.outputs["loss",]}
    for layer in layers:
        wanted["output", layer.name] = layer.output
        if layer.before_activation is not None:
            wanted["before", layer.name] = layer.before_activation
    wanted |= {("gradient", path): node for path, node in gradients.items()}
    for path, item in calls.items():
        wanted |= {("argument", path, str(n)): node for n, node in enumerate(item.inputs[0].inputs)}
    graph = Graph(step.title)
    with graph:
        leaves = [graph.input(leaf["name"], leaf.shape, leaf.dtype) for leaf in step.leaves(INPUT)]
        graph.outputs = dict(zip(wanted, graph.include(step.asked_for(wanted), leaves), strict=True))
        for path, item in calls.items():
            call = item.inputs[0]
            arguments = [graph.outputs["argument", path, str(n)] for n in range(len(call.inputs))]
            graph.outputs["updated", path] = graph.include(call["body"], arguments)[item["index"]]
        _ask_signals(graph, layers)
    return graph


def _ask_signals(graph: Graph, layers: Sequence[LayerNodes]) -> None:
    """Derive the gradient with respect to what each layer gives.

    A step of training works out only those of these gradients that it needs. Where the loss is not worked out
    from the output but from what its activation is given, as cross-entropy after softmax, it is the gradient
    with respect to that.
    """
    targets = [path for path in graph.outputs if path[0] in ("output", "before")]
    nodes = [graph.outputs[path] for path in targets]
    pulled = dict(zip(targets, pullback([graph.outputs["loss",]], [lift(1)], nodes), strict=True))
    for layer in layers:
        found = [pulled.get((place, layer.name)) for place in ("output", "before")]
        arrived = [node for node in found if node is not None]
        if arrived:
            graph.outputs["signal", layer.name] = arrived[0]
        if found[0] is None:
            graph.outputs.pop(("before", layer.name), None)  # no gradient goes through this activation


def _send_back(graph: Graph, layer: LayerNodes, name: str) -> _Probe:
    """Send known numbers back through an activation instead of a gradient: what is left says how steep it is.

    Of a function that takes each number by itself that is the derivative. Of one that mixes them, such as
    softmax, numbers that are all different keep the derivatives from cancelling each other.
    """
    output = graph.outputs["output", layer.name]
    sent = graph.input(name, output.shape, output.dtype)
    (passed,) = pullback([output], [sent], [graph.outputs["before", layer.name]])
    graph.outputs["passed", layer.name] = 0 * output if passed is None else passed
    return _Probe(name, layer.name, output.shape, output.dtype)
