"""Build and train one row of the table with whichever library is passed as `keras`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np

from .combinations import Call, Combination

__all__ = ["TRAINED_ROWS", "build_model", "made", "train"]

TRAINED_ROWS = 23  # the rows after these are for validation

Arrays = Mapping[str, np.ndarray]


def made(keras: Any, description: Any) -> Any:
    """Carry out every `Call` in a description; anything else stands for itself."""
    if isinstance(description, Call):
        function = reduce(getattr, description.name.split("."), keras)
        named = {name: made(keras, value) for name, value in description.named.items()}
        return function(*(made(keras, value) for value in description.positional), **named)
    if isinstance(description, tuple | list):
        return [made(keras, value) for value in description]
    return description


def build_model(keras: Any, combination: Combination) -> Any:
    return keras.Sequential(made(keras, combination.layers))


def train(keras: Any, model: Any, combination: Combination, arrays: Arrays) -> dict[str, np.ndarray]:
    """Compile and train the model; return all that the two libraries must agree on."""
    model.compile(
        optimizer=made(keras, combination.optimizer),
        loss=made(keras, combination.loss),
        metrics=made(keras, combination.metrics) or None,
        weighted_metrics=made(keras, combination.weighted_metrics) or None,
    )
    x, y = arrays[combination.x], arrays[combination.y]
    arguments = fit_arguments(combination, arrays)
    histories = [
        model.fit(x[:TRAINED_ROWS], y[:TRAINED_ROWS], shuffle=False, verbose=0, **arguments).history
        for _ in range(combination.fits)
    ]
    names = list(histories[0])
    return {
        "names": np.array(names),
        "history": np.array([sum((history[name] for history in histories), []) for name in names]),
        # An odd batch size, so that the last batch is a part of one here too.
        "evaluation": np.atleast_1d(model.evaluate(x, y, batch_size=9, verbose=0)),
        "prediction": np.asarray(model.predict(x[-5:], verbose=0)),
        **{f"final {index}": weight for index, weight in enumerate(model.get_weights())},
    }


def fit_arguments(combination: Combination, arrays: Arrays) -> dict[str, Any]:
    arguments: dict[str, Any] = {"epochs": combination.epochs}
    if combination.batch_size is not None:
        arguments["batch_size"] = combination.batch_size
    if combination.sample_weight:
        arguments["sample_weight"] = arrays["weight"][:TRAINED_ROWS]
    if combination.class_weight is not None:
        arguments["class_weight"] = combination.class_weight
    held_out = [arrays[name][TRAINED_ROWS:] for name in (combination.x, combination.y, "weight")]
    match combination.validation:
        case "rows":
            arguments["validation_data"] = tuple(held_out[:2])
        case "weighted rows":
            arguments["validation_data"] = tuple(held_out)
        case "split":
            arguments["validation_split"] = 0.25
    return arguments


def weights_in(recorded: Arrays, prefix: str) -> list[np.ndarray]:
    """Return the weights recorded as "prefix 0", "prefix 1", ..., in their order."""
    count = sum(name.startswith(f"{prefix} ") for name in recorded)
    return [recorded[f"{prefix} {index}"] for index in range(count)]
