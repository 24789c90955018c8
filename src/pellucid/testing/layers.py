"""Check that a layer keeps the contract of all layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from pellucid.errors import CheckError
from pellucid.graph import BATCH, INPUT, STATE, Graph, Node, current_graph
from pellucid.nn.layers import Layer
from pellucid.nn.optimizers import SGD
from pellucid.testing.evaluation import evaluate
from pellucid.testing.gradients import check_gradient
from pellucid.training.sequential import Sequential

__all__ = ["check_layer"]

_Array: TypeAlias = "npt.NDArray[Any]"

_SEED = 7
_ROUNDING = {"float32": 1e-5, "float64": 1e-13}


def check_layer(layer: Layer, x: Any) -> None:
    """Check a layer on examples; it is not changed, since copies made from its configuration are checked.

    Its output has the shape and the dtype that it promises, for any number of examples. Its configuration
    makes an equal layer. The same seed makes the same weights. Predictions are not random, and are the same
    in a model and outside. Its gradient is right, and a small step against it lowers the loss.

    Args:
        layer: the layer, without weights yet.
        x: examples, at least two.
    Raises:
        CheckError: saying what is wrong.
    Example:
        >>> check_layer(Dense(3, activation="tanh"), np.ones((2, 4)))
    """
    for dtype in ("float32", "float64"):
        examples = np.asarray(x, dtype)
        _check_shapes(_copy(layer, dtype), examples)
        _check_predictions(layer, examples, dtype)
    for training in (False, True):
        check_gradient(*_function_of_weights(_copy(layer, "float64"), examples, training))
    _check_learning(layer, examples)


def _copy(layer: Layer, dtype: str) -> Layer:
    """Make a layer from what a model file would hold of this one."""
    from json import dumps, loads

    config = layer.get_config()
    try:
        restored = loads(dumps(config))
    except TypeError as error:
        raise CheckError(
            f"get_config of {layer.name!r} cannot be saved",
            expected="numbers, texts, lists, dicts and None",
            received=str(error),
        ) from None
    copy = type(layer).from_config(restored)
    if dumps(copy.get_config()) != dumps(config):
        raise CheckError(
            f"from_config does not make the layer {layer.name!r} again",
            expected=repr(config),
            received=repr(copy.get_config()),
        )
    return type(layer).from_config(restored | {"dtype": dtype})


def _model(layer: Layer, x: _Array, dtype: str) -> Sequential:
    model = Sequential([_copy(layer, dtype)])
    model.seed = _SEED
    model.build((None, *x.shape[1:]))
    return model


# ------------------------------------------------------------ the output
def _check_shapes(layer: Layer, x: _Array) -> None:
    """Run the layer's graph on one and all examples, and predict for none: each value is as its node says."""
    for training in (False, True):
        with Graph(layer.name) as graph:
            output = layer(graph.input("x", (BATCH, *x.shape[1:]), layer.dtype), training)
            graph.outputs = {("y",): output}
        random = [leaf for leaf in graph.leaves(STATE) if leaf["path"] == ("seed",)]
        if random and not training:
            raise CheckError(f"predictions of {layer.name!r} are random", attempt="`training` in call")
        if output.shape[:1] != (BATCH,) or output.dtype != layer.dtype:
            raise CheckError(
                f"the output of {layer.name!r} is not one {layer.dtype} value for each example",
                received=repr(output),
            )
        for count in (1, len(x)) if training else (0, 1, len(x)):  # there is no training on nothing
            evaluate(graph, {"x": x[:count]}, _state(layer))


def _state(layer: Layer) -> dict[tuple[str, ...], Any]:
    state: dict[tuple[str, ...], Any] = {("seed",): _SEED, ("optimizer", "step"): 0}
    return state | {("weights", weight.path): weight.value for weight in layer.weights}


def _check_predictions(layer: Layer, x: _Array, dtype: str) -> None:
    """Compare what a model of this layer answers with what it should be equal to."""
    model = _model(layer, x, dtype)
    answer = model.predict(x, verbose=0)
    alone = _copy(layer, dtype)
    alone(x)  # makes its weights
    alone.set_weights(model.get_weights())
    others = {
        "when asked again": (model.predict(x, verbose=0), 0.0),
        "for examples one by one": (
            np.concatenate([model.predict(x[[i]], verbose=0) for i in range(len(x))]),
            _ROUNDING[dtype],
        ),
        "by another model of the same seed": (_model(layer, x, dtype).predict(x, verbose=0), 0.0),
        "outside of a model": (alone(x), _ROUNDING[dtype]),
    }
    for how, (other, rounding) in others.items():
        if other.dtype != answer.dtype or not np.allclose(other, answer, rounding, rounding, equal_nan=False):
            raise CheckError(
                f"the layer {layer.name!r} answers otherwise {how}",
                expected=str(answer.tolist()),
                received=str(other.tolist()),
            )


# ------------------------------------------------------------ the gradient
def _function_of_weights(
    layer: Layer, x: _Array, training: bool
) -> tuple[Callable[..., Node], *tuple[_Array, ...]]:
    """Return a layer as a function of its input and its weights, and the arrays to call it with."""
    with Graph(layer.name) as graph:
        graph.outputs = {("y",): layer(graph.input("x", x.shape, layer.dtype), training)}
    state = _state(layer)
    given = dict.fromkeys(graph.leaves(INPUT), x)
    given |= {leaf: state[leaf["path"]] for leaf in graph.leaves(STATE) if leaf["path"][0] == "weights"}

    def function(*arguments: Node) -> Node:
        copies = dict(zip(given, arguments, strict=True))
        for node in graph.live():
            if node.op is STATE and node not in copies:
                copies[node] = current_graph().constant(state[node["path"]])
            elif node not in copies:
                inputs = tuple([copies[operand] for operand in node.inputs])
                copies[node] = current_graph().add(
                    node.op, inputs, dict(node.attributes), node.shape, node.dtype
                )
        return copies[graph.outputs["y",]]

    return function, *given.values()


def _check_learning(layer: Layer, x: _Array) -> None:
    """Take a small step, which must lower the loss of a layer that can learn."""
    model = _model(layer, x, "float64")
    if not model.trainable_weights:
        return
    answer = model.predict(x, verbose=0)
    target = answer + np.random.default_rng(_SEED).uniform(0.5, 1.5, answer.shape)
    model.compile(SGD(1e-4), "mean_squared_error")
    before = model.evaluate(x, target, verbose=0)
    weights = model.get_weights()
    model.fit(x, target, batch_size=len(x), verbose=0)
    learnt = list(weights)
    for place, (variable, new) in enumerate(zip(model.weights, model.get_weights(), strict=True)):
        if variable.trainable:  # what a step does to the others, such as moving averages, is no learning
            learnt[place] = new
            if np.array_equal(weights[place], new):
                raise CheckError(f"the weight {variable.path!r} has no influence on the output")
    model.set_weights(learnt)
    after = model.evaluate(x, target, verbose=0)
    if not after < before:
        raise CheckError(
            f"a step does not lower the loss of {layer.name!r}",
            expected=f"below {before}",
            received=str(after),
        )
