"""What is asked of a network: which of its answers, to which examples, compared with what."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from pellucid.errors import ArgumentError, DataError, ShapeError, UnknownNameError
from pellucid.graph import INPUT, Graph, Node, Path
from pellucid.hood.explanations.function import Evaluated, NetworkFunction
from pellucid.hood.explanations.places import Places
from pellucid.hood.opened import Opened
from pellucid.nn._arrays import as_numbers

__all__ = ["Compared", "Question", "Usual", "ask", "compared_with", "examples_like", "usual_inputs"]

_SIDES: Final = ("prediction", "logit")


class Question(NamedTuple):
    """Which answer of a network to some examples shall be explained.

    Attributes:
        title: what the network is called.
        function: the network.
        x: the examples, as the network sees them.
        chosen: for each example, the number of the answer.
        inputs: the names of the inputs.
        answers: the names of the answers.
        of: "prediction" or "logit".
    """

    title: str
    function: NetworkFunction
    x: np.ndarray
    chosen: np.ndarray
    inputs: Places
    answers: Places
    of: str

    @property
    def names(self) -> tuple[str, ...]:
        """What the answer is called, for each example."""
        return tuple([self.answers.name(number) for number in self.chosen])

    def values(self, x: np.ndarray, chosen: np.ndarray | None = None) -> np.ndarray:
        """Return the answers that are asked for: to the examples themselves, or to others in their place."""
        every = self.function.values(x)
        return np.take_along_axis(every, (self.chosen if chosen is None else chosen)[:, None], axis=1)[:, 0]


def ask(opened: Opened, answer: Any = None, of: str = "prediction") -> Question:
    """Choose an answer for each example: the only one there is, the one that is named, or the largest.

    Args:
        opened: the model, and the examples.
        answer: its name, its number, or None.
        of: "prediction", or "logit" for what goes into the softmax or sigmoid at the end.
    Raises:
        DataError: if there are no examples.
        UnknownNameError, ArgumentError: if there is no such answer, or no logit.
    """
    if of not in _SIDES:
        raise UnknownNameError("side of an answer", of, _SIDES)
    function = NetworkFunction(opened, logits=of == "logit")
    if of == "logit" and not function.head:
        raise ArgumentError(
            f"{opened.blueprint.title!r} has no logits",
            expected="a softmax or a sigmoid at the end",
            received="none",
            attempt='of="prediction"',
        )
    x = opened.arrays[0].astype(np.float64)
    if not len(x):
        raise DataError("there is nothing to explain", expected="at least one example", received="none")
    answers = Places("answer", opened.answers, function.outputs)
    if answer is not None:
        chosen = np.full(len(x), answers.number(answer))
    elif answers.count == 1:
        chosen = np.zeros(len(x), int)
    else:
        chosen = function.values(x).argmax(axis=1)
    inputs = Places("input", opened.features, function.shape)
    return Question(opened.blueprint.title, function, x, chosen, inputs, answers, of)


# ------------------------------------------------------------ compared with
class Compared(NamedTuple):
    """Examples that others are compared with, and what they are, in words."""

    examples: np.ndarray
    words: str


def compared_with(given: Any, opened: Opened, name: str) -> Compared:
    """Return the examples to compare with: those that are given, else one that is nothing special.

    That is the mean of the inputs where the network itself subtracts one first, as `Normalization` does;
    where it does not, the network is taken to expect inputs around 0.

    Args:
        given: examples, one example, one number for all inputs, or None.
        opened: the model.
        name: what the user calls them.
    """
    x = opened.arrays[0]
    shape = x.shape[1:]
    if given is not None:
        examples = examples_like(given, shape, name).astype(x.dtype).astype(np.float64)
        words = f"the {name}" if len(examples) == 1 else f"{len(examples)} examples"
        return Compared(examples, words)
    usual = usual_inputs(opened)
    if usual is None:
        return Compared(np.zeros((1, *shape)), "zeros")
    return Compared(usual.mean[None], "the mean that the network subtracts from its inputs")


def examples_like(given: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    """Make an array of examples; a single one may come without its brackets, equal numbers as one number.

    Raises:
        ShapeError: if they have another shape.
        DataError: if they are no finite numbers, or there are none.
    """
    array = as_numbers(given).astype(np.float64)
    if array.ndim == 0:
        array = np.broadcast_to(array, shape)
    if array.shape == shape:
        array = array[None]
    if array.ndim == 1 and shape == (1,):
        array = array[:, None]
    if array.shape[1:] != shape:
        raise ShapeError(
            f"{name} does not fit the model",
            expected=f"examples of the shape {shape}",
            received=f"the shape {array.shape}",
        )
    if not array.size or not np.isfinite(array).all():
        received = "NaN or infinity" if array.size else "none"
        raise DataError(f"{name} cannot be used", expected="finite numbers", received=received)
    return array


# ------------------------------------------------------------ usual inputs
class Usual(NamedTuple):
    """What a network takes for usual: the mean that it subtracts from its inputs, and what it divides by."""

    mean: np.ndarray
    deviation: np.ndarray


def usual_inputs(opened: Opened) -> Usual | None:
    """Find out which mean a network subtracts from its inputs first, and which deviation it divides by.

    It is read off the graph: x - mean, then divided by the deviation, where neither depends on x.

    Returns:
        Two arrays of the shape of an example, or None if the network begins otherwise.
    """
    graph = opened.blueprint.predict
    (x,) = graph.leaves(INPUT)
    centred = _only_use(graph, x, "subtract")
    scaled = None if centred is None else _only_use(graph, centred, "divide")
    if centred is None or scaled is None or centred.shape != x.shape or scaled.shape != x.shape:
        return None
    wanted: dict[Path, Node] = {("mean",): centred.inputs[1], ("deviation",): scaled.inputs[1]}
    if any(node.shape and node.shape[0] == x.shape[0] for node in wanted.values()):
        return None
    evaluation = Evaluated(graph.asked_for(wanted), opened)
    example = np.zeros((1, *opened.arrays[0].shape[1:]))
    mean, deviation = (np.broadcast_to(numbers, example.shape)[0] for numbers in evaluation.once(example))
    return Usual(mean, deviation)


def _only_use(graph: Graph, value: Node, operation: str) -> Node | None:
    """Return what a value goes into, if it is this operation alone, as what is subtracted from or divided."""
    users = [node for node in graph.live() if any(operand is value for operand in node.inputs)]
    if len(users) != 1 or users[0].op.name != operation or users[0].inputs[0] is not value:
        return None
    return None if users[0].inputs[1] is value else users[0]
