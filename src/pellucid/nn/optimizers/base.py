"""What every optimizer is: a rule that turns a weight and its gradient into a better weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pellucid.errors import UnsupportedError
from pellucid.graph import (
    INPUT,
    NUMBER,
    Graph,
    Name,
    Node,
    Path,
    Scope,
    current_graph,
    name_by_assignment,
    named,
)
from pellucid.nn._arguments import refuse_unknown, size
from pellucid.nn._serialize import Configured
from pellucid.nn.variable import Variable
from pellucid.ops import call, clip, item, maximum, reduce_sum, sqrt

__all__ = ["Optimizer", "constant"]

# What optimizers of Keras can do and those here cannot.
_UNSUPPORTED = (
    "decay",
    "ema_momentum",
    "ema_overwrite_frequency",
    "global_clipnorm",
    "gradient_accumulation_steps",
    "loss_scale_factor",
    "use_ema",
)


class Optimizer(Configured):
    """The base of all optimizers: write `rule`, and say which numbers it keeps for each weight.

    Args:
        learning_rate: step size per update, at least 0. A callback may set it while training.
        name: what to call it.
        weight_decay: how much of each weight is taken away at every step, times the learning rate.
        clipnorm: the largest norm that a gradient may have.
        clipvalue: the largest size that a number of a gradient may have.
    """

    function = "update"  # the name of the rule in a program
    title = "update"  # what a heading says
    doc = ""  # what the rule's docstring says in a program

    def __init__(
        self,
        learning_rate: float,
        name: str,
        *,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        **others: Any,
    ) -> None:
        refuse_unknown(type(self), [option for option in others if option not in _UNSUPPORTED])
        for option, value in others.items():
            if value and option != "ema_momentum":  # which means nothing without use_ema
                raise UnsupportedError(
                    f"{type(self).__name__} cannot do this",
                    received=f"{option}={value!r}",
                    attempt="to leave it out",
                )
        self.learning_rate = learning_rate
        self.name = name
        self.weight_decay = None if weight_decay is None else size("weight_decay", weight_decay)
        self.clipnorm = None if clipnorm is None else size("clipnorm", clipnorm)
        self.clipvalue = None if clipvalue is None else size("clipvalue", clipvalue)

    @property
    def learning_rate(self) -> float:
        """The step size per update."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._learning_rate = size("learning_rate", value)

    # ------------------------------------------------------------ to be written by each optimizer
    @property
    def slots(self) -> tuple[str, ...]:
        """The names of what it keeps for each weight: ("m", "v"). All begin as zeros."""
        return ()

    def rule(
        self, w: Node, gradient: Node, kept: dict[str, Node], t: Node, learning_rate: Node
    ) -> tuple[Node, ...]:
        """Return the new weight and, in the order of `slots`, what is kept for it; t counts from 1."""
        raise NotImplementedError(f"{type(self).__name__} needs a rule")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that would make this optimizer again."""
        config: dict[str, Any] = {"name": self.name, "learning_rate": self.learning_rate}
        options = {"weight_decay": self.weight_decay, "clipnorm": self.clipnorm, "clipvalue": self.clipvalue}
        return config | {option: value for option, value in options.items() if value is not None}

    # ------------------------------------------------------------ in the graph of a step
    def scope(self) -> Scope:
        """The part of a model that its nodes belong to."""
        return Scope("optimizer", self.title, "update")

    def apply(self, weights: Sequence[Variable], gradients: Sequence[Node]) -> dict[Path, Node]:
        """Build the update of all weights.

        Returns:
            The new values, by their path in the state.
        """
        graph = current_graph()
        updated: dict[Path, Node] = {}
        bodies: dict[tuple[object, ...], Graph] = {}
        with graph.within(self.scope()):
            step = named("t", graph.state(("optimizer", "step"), (), NUMBER) + 1)
            updated["optimizer", "step"] = step
            rate = graph.state(("optimizer", "learning_rate"), (), NUMBER, Name("learning_rate"))
            for weight, gradient in zip(weights, gradients, strict=True):
                form = (weight.shape, weight.dtype)
                if form not in bodies:
                    bodies[form] = self._body(*form)
                given = {
                    "w": weight.__node__(),
                    "gradient": gradient,
                    "t": step,
                    "learning_rate": rate,
                    **{slot: _kept(slot, weight) for slot in self.slots},
                }
                arguments = [given[leaf["name"]] for leaf in bodies[form].leaves(INPUT)]
                results = call(*arguments, body=bodies[form])
                for index, slot in enumerate(("weights", *self.slots)):
                    updated[slot, weight.path] = item(results, index=index)
        return updated

    def _body(self, shape: tuple[int, ...], dtype: str) -> Graph:
        """Write the rule as a graph for weights of one shape."""
        body = Graph(self.function)
        body.doc = self.doc
        with body, body.within(self.scope()):
            w, gradient = (body.input(name, shape, dtype) for name in ("w", "gradient"))
            kept = {slot: body.input(slot, shape, dtype) for slot in self.slots}
            t, learning_rate = (body.input(name, (), NUMBER) for name in ("t", "learning_rate"))
            if self.weight_decay is not None:
                w = named("w", w - constant("weight_decay", self.weight_decay) * learning_rate * w)
            results = name_by_assignment(self.rule, w, self._prepared(gradient), kept, t, learning_rate)
            body.outputs = {(slot,): node for slot, node in zip(("w", *self.slots), results, strict=True)}
        body.forget_unused_inputs()
        return body

    def _prepared(self, gradient: Node) -> Node:
        """Keep a gradient within the bounds that were asked for."""
        if self.clipnorm is not None:
            axes = tuple(range(len(gradient.shape)))
            norm = named("norm", sqrt(reduce_sum(gradient**2, axes=axes)))
            gradient = named("gradient", gradient * self.clipnorm / maximum(norm, self.clipnorm))
        if self.clipvalue is not None:
            clipped = clip(gradient, low=-self.clipvalue, high=self.clipvalue)
            gradient = named("gradient", clipped)
        return gradient


def constant(name: str, value: float) -> Node:
    """Return a hyper-parameter as a number that keeps its name."""
    return current_graph().constant(value, name)


def _kept(slot: str, weight: Variable) -> Node:
    return current_graph().state((slot, weight.path), weight.shape, weight.dtype, Name(slot, weight.path))
