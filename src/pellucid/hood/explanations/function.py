"""A network as a function of its inputs: values and gradients, in float64."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final, final

import numpy as np

from pellucid.engines import evaluation_of
from pellucid.graph import BATCH, INPUT, Graph, Node, Size, product
from pellucid.hood.opened import Opened
from pellucid.ops import reduce_sum, reshape
from pellucid.transforms import gradient, in_double, simplify

__all__ = ["Evaluated", "NetworkFunction", "gradient_graph"]

_AT_ONCE: Final = 2**22  # numbers in memory while the network works
_AFFORDABLE: Final = 2**8  # times that many, all in all: some seconds of work


@final
class Evaluated:
    """The outputs of a graph as a function of its inputs, worked out in float64, some examples at a time.

    Args:
        graph: from inputs with the batch in front to outputs with the batch in front.
        opened: the model whose weights the graph knows.
    Attributes:
        at_once: how many examples fit into memory.
        affordable: how many examples can be worked out before it takes very long.
    """

    def __init__(self, graph: Graph, opened: Opened) -> None:
        double = in_double(simplify(graph))
        self._names = [leaf["name"] for leaf in double.leaves(INPUT)]
        self._evaluation = evaluation_of(double)
        self._entries = {path: _double(entry) for path, entry in opened.entries.items()}
        each = max(1, _numbers_for_each(double))
        self.at_once = max(1, _AT_ONCE // each)
        self.affordable = max(1, _AFFORDABLE * _AT_ONCE // each)

    def __call__(self, *arrays: np.ndarray) -> list[np.ndarray]:
        """Return the outputs for examples; there is at least one."""
        parts = [self.once(*part) for part in self._parts(arrays)]
        return [np.concatenate(column) for column in zip(*parts, strict=True)]

    def once(self, *arrays: np.ndarray) -> list[np.ndarray]:
        """Return the outputs for examples that are worked out together."""
        with np.errstate(all="ignore"):  # what overflows is seen in the result
            found = self._evaluation(dict(zip(self._names, arrays, strict=True)), self._entries)
        return list(found.values())

    def _parts(self, arrays: Sequence[np.ndarray]) -> Iterator[list[np.ndarray]]:
        for first in range(0, len(arrays[0]), self.at_once):
            yield [array[first : first + self.at_once] for array in arrays]


@final
class NetworkFunction:
    """A network as a function of its inputs.

    The numbers are the engine's own: the graph of the prediction, and its gradient, with float64 throughout.

    Args:
        opened: the model.
        logits: whether to take what goes into the softmax or sigmoid at the end, not what comes out.
    Attributes:
        shape: the shape of an example.
        outputs: the shape of what is answered to it.
        count: how many numbers that is.
        head: what the network ends in: "softmax", "sigmoid" or "".
    """

    def __init__(self, opened: Opened, logits: bool = False) -> None:
        self._opened = opened
        predict = opened.blueprint.predict
        (leaf,) = predict.leaves(INPUT)
        self.shape: tuple[int, ...] = leaf.shape[1:]  # type: ignore[assignment]
        prediction = predict.outputs["prediction",]
        ending = prediction.op.name
        self.head = ending if ending in ("softmax", "sigmoid") else ""
        node = prediction.inputs[0] if logits and self.head else prediction
        self.graph = predict.asked_for({("answer",): node})
        self.outputs: tuple[int, ...] = node.shape[1:]  # type: ignore[assignment]
        self.count = int(np.prod(self.outputs))

    def values(self, x: np.ndarray) -> np.ndarray:
        """Return what is answered, one row for each example."""
        (values,) = self._values(x)
        return values.reshape(len(x), self.count)

    def gradients(self, x: np.ndarray, shares: np.ndarray) -> np.ndarray:
        """Differentiate a sum of the answers with respect to the inputs.

        Formula:
            d_x[i] = d (sum over k of shares[i, k] answer[i, k]) / d x[i]
        Shape:
            x: (examples, *shape)
            shares: (examples, count)
            returns: (examples, *shape)
        """
        return self._gradients(x, shares)[0]

    def slopes(self, x: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """Differentiate the answer that is chosen for each example, by its number."""
        shares = np.zeros((len(x), self.count))
        shares[np.arange(len(x)), chosen] = 1
        return self.gradients(x, shares)

    @property
    def at_once(self) -> int:
        """How many examples fit into memory."""
        return self._gradients.at_once

    @property
    def affordable(self) -> int:
        """How many examples can be worked out before it takes very long."""
        return self._gradients.affordable

    @cached_property
    def _values(self) -> Evaluated:
        return Evaluated(self.graph, self._opened)

    @cached_property
    def _gradients(self) -> Evaluated:
        return Evaluated(gradient_graph(self.graph, self.graph.outputs["answer",]), self._opened)


def gradient_graph(graph: Graph, result: Node) -> Graph:
    """Build the gradient, with respect to the inputs, of a sum of the numbers that a node has for an example.

    Args:
        graph: from x, with the batch in front.
        result: a node of it, with the batch in front.
    Returns:
        A graph from x and the shares in the sum, a row for each example, to the gradient.
    """
    (leaf,) = graph.leaves(INPUT)
    derived = Graph(graph.title)
    with derived:
        x = derived.input(leaf["name"], leaf.shape, leaf.dtype)
        (answer,) = derived.include(graph.asked_for({("answer",): result}), [x])
        row = (BATCH, product(answer.shape[1:]))
        shares = derived.input("shares", row, answer.dtype)
        total = reduce_sum(reshape(answer, shape=row) * shares, axes=(0, 1))
        derived.outputs["gradient",] = gradient(total, [x])[0]
    return derived


def _numbers_for_each(graph: Graph) -> int:
    """Add up how many numbers a graph works out for each example."""
    sizes = [product(node.shape) for node in graph.live() if node.dtype != "several"]
    return sum(size.factor for size in sizes if isinstance(size, Size))


def _double(value: object) -> object:
    wide = isinstance(value, np.ndarray) and value.dtype == np.float32
    return value.astype(np.float64) if wide else value  # type: ignore[attr-defined]
