"""The model at work: fit, evaluate, predict, and the open hood."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from pellucid.engines import Blueprint, State
from pellucid.errors import ArgumentError
from pellucid.hood.methods import OpenHood
from pellucid.hood.opened import Opened
from pellucid.hood.timeline.budget import budget_of
from pellucid.nn._arguments import whole
from pellucid.nn.settings import floatx
from pellucid.training import _examples, _names
from pellucid.training._consultation import Consultation
from pellucid.training._fit import Fitting, Task
from pellucid.training._progress import Progress
from pellucid.training._session import Session, sorted_logs
from pellucid.training.base import BaseModel, refuse_options
from pellucid.training.callbacks import CallbackList, History

__all__ = ["Model"]

_PREDICTED_AT_ONCE = 65_536  # examples
_EVALUATED_AT_ONCE = 4096  # examples


class Model(OpenHood, BaseModel):
    """A model that can be trained, judged and used; `Sequential` is the one to make.

    Attributes:
        history: the History of the last fit.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.history: History | None = None
        self._session = Session(self)

    # ------------------------------------------------------------ fit
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[Any, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        validation_batch_size: int | None = None,
        record: bool | float | str = False,
        **others: Any,
    ) -> History:
        """Learn from examples.

        Args:
            x: inputs: lists or arrays, one entry for each example.
            y: what the model should answer to each.
            batch_size: examples per step; 32 unless given.
            epochs: the number of the epoch to end with.
            verbose: 0 shows nothing, 1 ("auto") a progress bar, 2 a line per epoch.
            callbacks: what happens at certain moments.
            validation_split: the last share of the examples, to judge with instead of learning from it.
            validation_data: (x, y) or (x, y, sample_weight) to judge with after every epoch.
            shuffle: whether every epoch takes the examples in a new order.
            class_weight: how much the examples of a class count: {0: 1.0, 1: 5.0}.
            sample_weight: how much each example counts.
            initial_epoch: the number of the epoch to begin with.
            validation_batch_size: examples at once in validation.
            record: whether to keep what `history.at(step)` and `history.branch(step)` need to return to any
                step: True for up to 64 MB of it, or a number of bytes, or a text such as "1 GB". The examples
                are not copied.
        Returns:
            The loss and metrics of every epoch, in `history`. If the loss became NaN or infinite, `autopsy`
            says why, and the model is as it was after the last good step.
        Raises:
            DataError: if examples cannot be learnt from; the model stays as it was.
            ShapeError: if examples do not fit the model; it stays as it was.
            KeyboardInterrupt: after Ctrl-C; the model and its `history` then hold all that was finished.
        """
        refuse_options(Model.fit, others)
        size = _size(batch_size, 32)
        judged_at_once = _size(validation_batch_size, _EVALUATED_AT_ONCE, "validation_batch_size")
        first, last = whole("initial_epoch", initial_epoch), whole("epochs", epochs)
        budget = budget_of(record)
        with self.unchanged_by_errors():
            arrays, held_out = self._learning_examples(
                (x, y, sample_weight), class_weight, validation_split, validation_data
            )
            task = Task(arrays, held_out, size, judged_at_once, first, last, bool(shuffle))
            fitting = self.prepared(task, callbacks, verbose, budget)
            self.take_names(x, y)
            self._consult(fitting, task, x, y, validation_data is None)
        return fitting.train()

    def prepared(self, task: Task, callbacks: Any, verbose: int | str, budget: float) -> Fitting:
        """Return a run that is ready to train; `fit` and `History.branch` call this.

        Args:
            task: what to learn.
            callbacks: what happens at certain moments.
            verbose: how much to show.
            budget: bytes for a recording; 0 for none.
        """
        fitting = Fitting(self, self._session, task, callbacks, verbose)
        if budget:
            fitting.record(budget, self._copies())
        self.history, self.stop_training = fitting.history, False
        return fitting

    def _copies(self) -> Callable[[State], Model]:
        """Return what makes models like this one is now, with the numbers of a state."""
        pattern = self._copy_without_numbers()

        def with_numbers(state: State) -> Model:
            model = pattern._copy_without_numbers()
            model._session.keep(state)
            if model.optimizer is not None:
                model.optimizer.learning_rate = state["optimizer"]["learning_rate"]
            return model

        return with_numbers

    def _copy_without_numbers(self) -> Model:
        """Return a copy that has the arrays in common with this one, and nothing of what training keeps."""
        import copy

        left_out: dict[int, Any] = {id(self.history): None, id(self._session.slots): {}}
        shared = {id(weight.value): weight.value for weight in self.weights}
        return copy.deepcopy(self, {**left_out, **shared})

    def _consult(self, fitting: Fitting, task: Task, x: Any, y: Any, split: bool) -> None:
        """Let the doctor glance at a run before it begins, and look between its slices of work."""
        plan = task.batch_size, max(0, task.epochs - task.first_epoch), task.shuffle, split
        graphs, held_out, told = fitting.blueprint, task.held_out, self._session.told
        opened = partial(self._opened, graphs, fitting.state, task.arrays, x, y)
        consultation = Consultation(opened, held_out, plan, told)
        consultation.glance(graphs, self.chosen_loss)  # type: ignore[arg-type] # it is compiled
        fitting.look = consultation.look

    def _learning_examples(
        self,
        given: tuple[Any, Any, Any],
        class_weight: Mapping[Any, float] | None,
        share: float,
        held_out: Any,
    ) -> tuple[list[np.ndarray], list[np.ndarray] | None]:
        """Return the arrays to learn from and those to judge with."""
        arrays = self._examples(*given, class_weight=class_weight)
        if held_out is not None:
            if not isinstance(held_out, Sequence) or len(held_out) not in (2, 3):
                raise ArgumentError(
                    "validation_data cannot be used",
                    expected="(x, y) or (x, y, sample_weight)",
                    received=f"{len(held_out)} entries"
                    if isinstance(held_out, Sequence)
                    else type(held_out).__name__,
                )
            weights = held_out[2] if len(held_out) == 3 else None
            names = ("validation x", "validation y")
            return arrays, self._examples(held_out[0], held_out[1], weights, names=names)
        return _examples.split(arrays, share) if share else (arrays, None)

    def _examples(
        self,
        x: Any,
        y: Any,
        sample_weight: Any = None,
        class_weight: Mapping[Any, float] | None = None,
        names: tuple[str, str] = ("x", "y"),
    ) -> list[np.ndarray]:
        """Bring what the user has to arrays that fit the model: x, y, and weights if there are any."""
        if self.chosen_loss is None:
            self.compiled(weighted=False)  # says what is missing
        if x is None or y is None:
            received = "neither" if x is None and y is None else "x alone" if y is None else "y alone"
            raise ArgumentError("there are no examples", expected="x and y", received=received)
        inputs = _examples.inputs(x, self.example_shape, self._dtype(), names[0])
        if self.example_shape is None:
            _examples.check_not_empty(inputs, names[0])
            self.build((None, *inputs.shape[1:]))
        targets = _examples.targets(y, self.chosen_loss, self.prediction(), names[1])  # type: ignore[arg-type]
        _examples.check_lengths(inputs, targets, names)
        weights = _examples.sample_weights(sample_weight, class_weight, targets, self.prediction())
        return [inputs, targets] if weights is None else [inputs, targets, weights]

    def _dtype(self) -> str:
        return self.layers[0].dtype if self.layers else floatx()

    # ------------------------------------------------------------ evaluate, predict
    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: Any = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **others: Any,
    ) -> Any:
        """Judge the model by examples.

        Args:
            x: inputs.
            y: the right answers.
            batch_size: examples at once.
            verbose: 0 shows nothing, 1 ("auto") a progress bar.
            sample_weight: how much each example counts.
            callbacks: what happens at certain moments.
            return_dict: whether to return a dictionary.
        Returns:
            The loss; with metrics a list of the loss and each of them, in the order of `metrics_names`.
        Raises:
            DataError, ShapeError: as fit does.
        """
        refuse_options(Model.evaluate, others)
        size = _size(batch_size, _EVALUATED_AT_ONCE)
        with self.unchanged_by_errors():
            arrays = self._examples(x, y, sample_weight)
            steps = -(-len(arrays[0]) // size)
            progress = Progress(verbose, steps=steps)
            told = CallbackList(callbacks, self, {"steps": steps, "verbose": verbose})
            results = self._session.evaluate(arrays, size, told, progress.show if verbose else None)
        logs = sorted_logs(results)
        progress.show(steps, logs, finished=True)
        if return_dict:
            return logs
        values = list(results.values())
        return values[0] if len(values) == 1 else values

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        callbacks: Any = None,
        **others: Any,
    ) -> np.ndarray:
        """Answer: the model's output for each example.

        Args:
            x: inputs: lists or arrays, one entry for each example.
            batch_size: examples at once; all unless there are very many.
            verbose: 0 shows nothing, 1 ("auto") a progress bar.
            callbacks: what happens at certain moments.
        Returns:
            One row for each example.
        Raises:
            UsageError: if the model does not know yet what its inputs look like.
            DataError, ShapeError: if the inputs cannot be used.
        """
        refuse_options(Model.predict, others)
        size = _size(batch_size, _PREDICTED_AT_ONCE)
        inputs = _examples.inputs(x, self.known_shape(), self._dtype())
        engine = self._session.engine(weighted=None)
        weights = self._session.weights()
        steps = max(1, -(-len(inputs) // size))
        if steps == 1 and not verbose and callbacks is None:
            return engine.predict(inputs, weights)
        progress = Progress(verbose, steps=steps)
        told = CallbackList(callbacks, self, {"steps": steps, "verbose": verbose})
        parts = []
        told.tell("on_predict_begin", {})
        for step in range(steps):
            told.tell("on_predict_batch_begin", step, {})
            parts.append(engine.predict(inputs[step * size : (step + 1) * size], weights))
            told.tell("on_predict_batch_end", step, {"outputs": parts[-1]})
            progress.show(step + 1)
        told.tell("on_predict_end", {})
        progress.show(steps, finished=True)
        return parts[0] if steps == 1 else np.concatenate(parts)

    def make_predict_function(self) -> Callable[[np.ndarray], np.ndarray]:
        """Return a function that predicts as fast as can be, for programs that answer many single questions.

        It keeps the weights that the model has now, whatever training does to the model later, and does not
        look closely at what it is given: an array of examples of the model's own dtype and shape.

        Returns:
            From an array of examples to an array with one row for each.
        Raises:
            UsageError: if the model does not know yet what its inputs look like.
        Example:
            >>> units = keras.layers.Dense(1, kernel_initializer="ones")
            >>> model = keras.Sequential([keras.Input((2,)), units])
            >>> answer = model.make_predict_function()
            >>> answer(np.array([[1, 2]], "float32"))
            array([[3.]], dtype=float32)
        """
        engine = self._session.engine(weighted=None)
        return engine.predictor(self._session.weights())

    # ------------------------------------------------------------ the open hood
    def opened(self, x: Any = None, y: Any = None, sample_weight: Any = None) -> Opened:
        """Return the graphs and numbers of this model, with these examples, if any, as arrays that fit it."""
        with self.unchanged_by_errors():
            if y is None:
                arrays = [] if x is None else [_examples.inputs(x, self.known_shape(), self._dtype())]
                engine = self._session.latest()
            else:
                arrays = self._examples(x, y, sample_weight)
                engine = self._session.engine(len(arrays) > 2)
            state = self._session.begin(engine)
        return self._opened(engine.blueprint, state, arrays, x, y)

    def opened_for_fit(
        self, x: Any, y: Any, fitting: Mapping[str, Any]
    ) -> tuple[Opened, Sequence[np.ndarray]]:
        """Return this model with the examples that fit would learn from, and those it would judge with."""
        given = (x, y, fitting.get("sample_weight"))
        share = fitting.get("validation_split", 0.0)
        with self.unchanged_by_errors():
            arrays, held_out = self._learning_examples(
                given, fitting.get("class_weight"), share, fitting.get("validation_data")
            )
            engine = self._session.engine(len(arrays) > 2)
            state = self._session.begin(engine)
        return self._opened(engine.blueprint, state, arrays, x, y), held_out or ()

    def _opened(self, graphs: Blueprint, state: State, arrays: list[np.ndarray], x: Any, y: Any) -> Opened:
        """Return all this, with the names of columns and what compile decided."""
        inputs, outputs = self.known_shape(), self.prediction().shape[1:]
        features = _names.names_of(x, inputs) or self.feature_names or _names.numbered("x", inputs)
        answers = _names.names_of(y, outputs) or self.answer_names or _names.numbered("y", outputs)
        if not self.is_compiled:
            return Opened(graphs, state, arrays, features, answers)
        loss, optimizer, metrics, weighted_metrics, _ = self.compiled(weighted=len(arrays) > 2)
        return Opened(
            graphs, state, arrays, features, answers, loss, optimizer, (*metrics, *weighted_metrics)
        )

    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        show_trainable: bool = False,
    ) -> None:
        """Print the layers, their output shapes, and how many numbers are in their weights."""
        from pellucid.training._summary import write_summary
        from pellucid.training._tables import summary_of

        text = summary_of(self, bool(self._session.slots), line_length, positions, show_trainable)
        write_summary(text, print_fn)

    def save(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Save the model, with what training goes on from, in one file that holds data only.

        Args:
            filepath: the file; by custom it ends in .safetensors.
            overwrite: whether a file that is there may be replaced.
        """
        from pellucid.training._files import save_model

        save_model(self, self._session, filepath, overwrite)

    def load_state(self, filepath: str | os.PathLike[str], numbers: dict[str, Any]) -> None:
        """Take over the arrays of a model file; `load_model` does this."""
        from pellucid.training._files import restore

        restore(self, self._session, filepath, numbers)

    def __call__(self, x: Any, training: bool = False) -> np.ndarray:
        """Answer without a progress bar."""
        return self.predict(x, verbose=0)


def _size(batch_size: int | None, default: int, name: str = "batch_size") -> int:
    return default if batch_size is None else whole(name, batch_size, least=1)
