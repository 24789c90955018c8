"""A model's graphs: prediction, one training step, evaluation, and what the sums of an epoch mean."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import NamedTuple

from pellucid.engines import Blueprint, Training
from pellucid.errors import ShapeError
from pellucid.graph import BATCH, NUMBER, Graph, Name, Node, Path, Scope, Shape, current_graph, named
from pellucid.nn import losses, regularizers
from pellucid.nn.layers import Layer
from pellucid.nn.losses import Loss
from pellucid.nn.metrics import EXAMPLES, WEIGHT, Metric, examples, number
from pellucid.nn.optimizers import Optimizer
from pellucid.nn.regularizers import Regularizer
from pellucid.nn.settings import floatx
from pellucid.transforms import gradient, simplify

__all__ = ["Compiled", "blueprint", "prediction_of"]


class Compiled(NamedTuple):
    """What `compile` decided, and whether fit was given weights for the examples."""

    loss: Loss
    optimizer: Optimizer
    metrics: tuple[Metric, ...]
    weighted_metrics: tuple[Metric, ...] = ()
    weighted: bool = False


def blueprint(
    title: str, layers: Sequence[Layer], input_shape: Shape, compiled: Compiled | None
) -> Blueprint:
    """Build all graphs of a model, simplified."""
    predict = _prediction_graph(title, layers, input_shape)
    weights = {weight.path: weight.recipe for layer in layers for weight in layer.weights}
    if compiled is None:
        return Blueprint(title, simplify(predict), weights)
    step = _step_graph(title, layers, input_shape, compiled, learn=True)
    trainable = [weight for layer in layers for weight in layer.trainable_weights]
    training = Training(
        step=simplify(step),
        evaluate=lambda: simplify(_step_graph(title, layers, input_shape, compiled, learn=False)),
        results=simplify(_results_graph(compiled, step)),
        slots=compiled.optimizer.slots,
        trainable=tuple(weight.path for weight in trainable),
        learning_rate=compiled.optimizer.learning_rate,
        sums=tuple(path[1] for path in step.outputs if path[0] == "metrics"),
    )
    return Blueprint(title, simplify(predict), weights, training)


def prediction_of(layers: Sequence[Layer], input_shape: Shape) -> Node:
    """Return the node of a model's output, for its shape; builds layers that have no weights yet."""
    return _prediction_graph("shapes", layers, input_shape).outputs["prediction",]


# ------------------------------------------------------------ prediction
def _prediction_graph(title: str, layers: Sequence[Layer], input_shape: Shape) -> Graph:
    graph = Graph(title)
    with graph:
        prediction, _ = _forward(layers, _input(graph, layers, input_shape), training=False)
        graph.outputs = {("prediction",): prediction}  # without what layers assign: it changes nothing
    return graph


def _input(graph: Graph, layers: Sequence[Layer], input_shape: Shape) -> Node:
    return graph.input("x", (BATCH, *input_shape), layers[0].dtype if layers else floatx())


def _forward(layers: Sequence[Layer], x: Node, training: bool) -> tuple[Node, list[Node]]:
    """Apply all layers; returns the prediction and the output of each layer."""
    outputs = []
    for layer in layers:
        x = layer(x, training)
        outputs.append(x)
    return named("prediction", x, owner=""), outputs


# ------------------------------------------------------------ a step
def _step_graph(
    title: str, layers: Sequence[Layer], input_shape: Shape, compiled: Compiled, learn: bool
) -> Graph:
    graph = Graph(title)
    with graph:
        x = _input(graph, layers, input_shape)
        prediction, outputs = _forward(layers, x, training=learn)
        y = graph.input("y", *_target_type(compiled.loss, prediction))
        weight = graph.input("sample_weight", (BATCH,), prediction.dtype) if compiled.weighted else None
        loss = _loss(compiled.loss, y, prediction, weight, _penalized(layers, outputs))
        updated = _metric_updates(compiled, y, prediction, weight, loss)
        if learn:
            updated |= graph.outputs  # what layers assigned to their weights
            trainable = [variable for layer in layers for variable in layer.trainable_weights]
            gradients = gradient(loss, [variable.__node__() for variable in trainable])
            updated |= compiled.optimizer.apply(trainable, gradients)
        graph.outputs = {("prediction",): prediction, ("loss",): loss, **updated}
    return graph


def _target_type(loss: Loss, prediction: Node) -> tuple[Shape, str]:
    if len(prediction.shape) < 2:
        raise ShapeError("a model needs a prediction for each example", received=str(prediction.shape))
    return (prediction.shape[:-1], "int64") if loss.labels else (prediction.shape, prediction.dtype)


class _Penalized(NamedTuple):
    """What a regularizer is asked about: a weight, or the output of a layer."""

    regularizer: Regularizer
    value: Node
    of_output: bool


def _penalized(layers: Sequence[Layer], outputs: Sequence[Node]) -> list[_Penalized]:
    weights = [weight for layer in layers for weight in layer.weights]
    found = [_Penalized(w.regularizer, w.__node__(), False) for w in weights if w.regularizer is not None]
    for layer, output in zip(layers, outputs, strict=True):
        if layer.activity_regularizer is not None:
            found.append(_Penalized(layer.activity_regularizer, output, True))
    return found


def _loss(
    loss: Loss, y: Node, prediction: Node, weight: Node | None, penalized: Sequence[_Penalized]
) -> Node:
    """The loss of the batch, and what regularizers add; for outputs they add their mean over the batch."""
    titles = dict.fromkeys([loss.title, *[regularizers.title(part.regularizer) for part in penalized]])
    with current_graph().within(Scope("loss", " + ".join(titles), "loss")):
        value = losses.total(loss, y, prediction, weight)
        penalties = [
            part.regularizer(part.value) / examples() if part.of_output else part.regularizer(part.value)
            for part in penalized
        ]
        if penalties:
            value = value + named("penalty", reduce(add, penalties), owner="")
        return named("loss", value, owner="")


# ------------------------------------------------------------ metrics
_METRICS = Scope("metrics", "sums over the epoch so far", "metrics")


def _metric_updates(
    compiled: Compiled, y: Node, prediction: Node, weight: Node | None, loss: Node
) -> dict[Path, Node]:
    with current_graph().within(_METRICS):
        terms = {"loss": examples() * number(loss), EXAMPLES: examples()}
        for metric in compiled.metrics:
            terms |= metric.update(y, prediction, None)
        for metric in compiled.weighted_metrics:
            terms |= metric.update(y, prediction, weight)
        return {("metrics", name): _sum(name) + term for name, term in terms.items()}


def _sum(name: str) -> Node:
    return current_graph().state(("metrics", name), (), NUMBER, Name(name))


def _results_graph(compiled: Compiled, step: Graph) -> Graph:
    graph = Graph("results")
    with graph:
        sums = {path[1]: _sum(path[1]) for path in step.outputs if path[0] == "metrics"}
        graph.outputs["loss",] = sums["loss"] / sums[EXAMPLES]
        for metric in compiled.metrics:
            graph.outputs[metric.name,] = metric.result(sums, EXAMPLES)
        for metric in compiled.weighted_metrics:
            graph.outputs[metric.name,] = metric.result(sums, WEIGHT if compiled.weighted else EXAMPLES)
    return graph
