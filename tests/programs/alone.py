"""Hold a model's printed program, run alone, against the model: both must say the same to the last bit."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Training", "check_alone", "run_program"]


class Training(NamedTuple):
    """What a model was trained with, by one call of fit.

    Attributes:
        x: the inputs, as fit was given them.
        y: the targets, as fit was given them.
        epochs: how often it saw all examples.
        batch_size: examples per step.
        start: the weights before, where they are not those that the model's seed gives.
        sample_weight: how much each example counts, if not all the same.
    """

    x: Any
    y: Any
    epochs: int
    batch_size: int = 32
    start: Sequence[np.ndarray] = ()
    sample_weight: Any = None


def check_alone(model: Any, training: Training, questions: Any, folder: Path) -> None:
    """Run the program of a trained model where there is NumPy only; compare what it predicts and learns.

    Args:
        model: the model, after one fit; its `history` is that of this fit.
        training: what this fit was given.
        questions: inputs to predict for.
        folder: an empty one to work in.
    """
    model.numpy_source(folder / "program.py")
    examples = arrays_of(training)
    paths = [weight.path for weight in model.weights]
    start = dict(zip(paths, training.start, strict=False))
    given = (
        examples
        | {"questions": np.asarray(questions)}
        | {f"start/{path}": array for path, array in start.items()}
    )
    np.savez(folder / "given.npz", **given)
    task = {
        "seed": model.seed,
        "epochs": training.epochs,
        "batch_size": training.batch_size,
        "examples": list(examples),
        "start": list(start),
    }
    (folder / "task.json").write_text(json.dumps(task))

    done = run_program(folder)
    assert done.returncode == 0, done.stderr

    same(np.load(folder / "prediction.npy"), model.predict(questions, verbose=0))
    with np.load(folder / "weights.npz") as weights:
        assert list(weights) == paths
        for path, expected in zip(paths, model.get_weights(), strict=True):
            same(weights[path], expected)
    epochs = json.loads((folder / "history.json").read_text())
    assert {name: [epoch[name] for epoch in epochs] for name in epochs[0]} == model.history.history


def run_program(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run folder/program.py in a fresh interpreter that has NumPy only; a warning ends it."""
    runner = Path(__file__).with_name("nothing_but_numpy.py")
    return subprocess.run(
        [sys.executable, "-I", "-W", "error", str(runner), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )


def arrays_of(training: Training) -> dict[str, np.ndarray]:
    """Return the examples as fit was given them: the program brings them to the dtype and shape it needs."""
    examples = {"x": np.asarray(training.x), "y": np.asarray(training.y)}
    if training.sample_weight is not None:
        examples["sample_weight"] = np.asarray(training.sample_weight)
    return examples


def same(actual: np.ndarray, expected: np.ndarray) -> None:
    """Compare bits: -0.0 is not 0.0 here."""
    assert (actual.dtype, actual.shape) == (expected.dtype, expected.shape)
    np.testing.assert_array_equal(actual.view(f"u{actual.itemsize}"), expected.view(f"u{actual.itemsize}"))
