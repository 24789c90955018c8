"""Build and train one row of the table with whichever library is passed as `keras`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np

from .combinations import Call, Combination

__all__ = ["build_model", "numbered", "numbers_below", "train"]

TRAINED_ROWS = 23  # the rows after these are for validation

Arrays = Mapping[str, np.ndarray]


def made(keras: Any, description: Any) -> Any:
    """Carry out every `Call` in a description; anything else stands for itself."""
    if isinstance(description, Call):
        function = reduce(getattr, description.function.split("."), keras)
        named = {name: made(keras, value) for name, value in description.named.items()}
        return function(*(made(keras, value) for value in description.positional), **named)
    return description


def build_model(keras: Any, combination: Combination) -> Any:
    return keras.Sequential([made(keras, layer) for layer in combination.layers])


def train(keras: Any, model: Any, combination: Combination, arrays: Arrays) -> dict[str, np.ndarray]:
    """Compile and train the model; return all that the two libraries must agree on."""
    model.compile(
        optimizer=made(keras, combination.optimizer),
        loss=made(keras, combination.loss),
        metrics=[made(keras, metric) for metric in combination.metrics] or None,
        weighted_metrics=[made(keras, metric) for metric in combination.weighted_metrics] or None,
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
        "history": np.concatenate([[history[name] for name in names] for history in histories], axis=1),
        # 32 examples in batches of 9: here too the last batch is smaller than the others.
        "evaluation": np.atleast_1d(model.evaluate(x, y, batch_size=9, verbose=0)),
        "prediction": np.asarray(model.predict(x[-5:], verbose=0)),
        **numbered("final", model.get_weights()),
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


def numbered(name: str, arrays: list[np.ndarray]) -> dict[str, np.ndarray]:
    return {f"{name} {index}": array for index, array in enumerate(arrays)}


def numbers_below(recorded: Arrays, folder: str) -> dict[str, np.ndarray]:
    """Return what is recorded in one folder, by the names it has there."""
    return {name[len(folder) :]: array for name, array in recorded.items() if name.startswith(folder)}
