"""What arguments and methods were called in Keras 1 and 2: SGD(lr=0.1), fit(nb_epoch=5), predict_classes.

Tables hold the old names, by the module and by the function or class that has them. The rest of the
library knows the present names only: when a public module is first asked for (see aliases.py), `accept` puts
a thin function before each of those in the table, which gives the arguments their present names. The class
itself stays the same object, so configurations, files and `isinstance` never see a difference.

Whoever imports from the rooms behind the public names, such as pellucid.nn, is promised the present names
only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from operator import attrgetter
from types import ModuleType
from typing import Any

from pellucid.errors import ArgumentError

__all__ = ["ARGUMENTS", "CALLS", "MEMBERS", "accept"]

_WEIGHTS = {
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "bias": "use_bias",
    "init": "kernel_initializer",
}
_WINDOW = {"border_mode": "padding", "dim_ordering": "data_format"}
_CONVOLUTION = {**_WEIGHTS, **_WINDOW, "atrous_rate": "dilation_rate", "nb_filter": "filters"}
_CONVOLUTION_2D = {**_CONVOLUTION, "subsample": "strides"}
_POOLING_1D = {**_WINDOW, "pool_length": "pool_size", "stride": "strides"}
_GLOBAL = {"dim_ordering": "data_format"}

ARGUMENTS: dict[str, dict[str, dict[str, str]]] = {
    "pellucid.compat.models": {"Model.fit": {"nb_epoch": "epochs"}},
    "pellucid.compat.utils": {"to_categorical": {"nb_classes": "num_classes", "y": "x"}},
    "pellucid.nn.layers": {
        "BatchNormalization.__init__": {"beta_init": "beta_initializer", "gamma_init": "gamma_initializer"},
        "AveragePooling1D.__init__": _POOLING_1D,
        "AveragePooling2D.__init__": _WINDOW,
        "Conv1D.__init__": {**_CONVOLUTION, "filter_length": "kernel_size", "subsample_length": "strides"},
        "Conv2D.__init__": _CONVOLUTION_2D,
        "Dense.__init__": {**_WEIGHTS, "output_dim": "units"},
        "Dropout.__init__": {"p": "rate"},
        "GlobalAveragePooling2D.__init__": _GLOBAL,
        "GlobalMaxPooling2D.__init__": _GLOBAL,
        "MaxPooling1D.__init__": _POOLING_1D,
        "MaxPooling2D.__init__": _WINDOW,
        "UpSampling1D.__init__": {"length": "size"},
    },
    "pellucid.nn.optimizers": {
        "Adam.__init__": {"lr": "learning_rate"},
        "Optimizer.__init__": {"lr": "learning_rate"},
        "RMSprop.__init__": {"lr": "learning_rate"},
        "SGD.__init__": {"lr": "learning_rate"},
    },
    "pellucid.nn.regularizers": {"L1.__init__": {"l": "l1"}, "L2.__init__": {"l": "l2"}},
}
"""The present name of each old argument, by the public module and the function that takes it."""


def _predict_proba(model: Any, x: Any, batch_size: int | None = None, verbose: int | str = 0) -> Any:
    """Answer as `predict` does."""
    _say("`predict_proba` is called `predict` today.")
    return model.predict(x, batch_size, verbose)


def _predict_classes(model: Any, x: Any, batch_size: int | None = None, verbose: int | str = 0) -> Any:
    """Answer with classes: that of the largest output; of a single output, whether it is above 0.5."""
    _say("`predict_classes(x)` is written `predict(x).argmax(axis=-1)`, or `predict(x) > 0.5`, today.")
    outputs = model.predict(x, batch_size, verbose)
    return outputs.argmax(axis=-1) if outputs.shape[-1] > 1 else (outputs > 0.5).astype("int32")


def _get_lr(optimizer: Any) -> Any:
    _say("`lr` is called `learning_rate` today.")
    return optimizer.learning_rate


def _set_lr(optimizer: Any, value: Any) -> None:
    _say("`lr` is called `learning_rate` today.")
    optimizer.learning_rate = value


MEMBERS: dict[str, dict[str, Any]] = {
    "pellucid.compat.models": {
        "Sequential.predict_classes": _predict_classes,
        "Sequential.predict_proba": _predict_proba,
    },
    "pellucid.nn.optimizers": {"Optimizer.lr": property(_get_lr, _set_lr)},
}
"""What classes had beside what they have now, by the public module and the name."""

_CONVOLUTION_2D_OF_KERAS_1 = (
    "self filters nb_row nb_col init activation weights border_mode subsample dim_ordering W_regularizer "
    "b_regularizer activity_regularizer W_constraint b_constraint bias"
).split()


def _window_of_keras_1(
    arguments: Sequence[Any], keywords: dict[str, Any]
) -> tuple[Sequence[Any], dict[str, Any]]:
    """Join rows and columns, which Keras 1 also took by their places: Conv2D(32, 3, 3, border_mode="same").

    Since Keras 2, strides have the third place. Beside arguments that only Keras 1 has, what stands there are
    columns all the same; without such, the call is read as today.
    """
    in_place = len(arguments) > 3 and isinstance(arguments[2], int) and isinstance(arguments[3], int)
    only_then = not keywords.keys().isdisjoint(_CONVOLUTION_2D)
    if not (in_place and only_then) and keywords.keys().isdisjoint(("nb_row", "nb_col")):
        if in_place and arguments[2] == arguments[3] > 1:
            filters, rows, columns = arguments[1:4]
            _say(
                f"`Conv2D({filters}, {rows}, {columns})` moves on by {columns} places at a time; "
                f"what Keras 1 meant by it is written `Conv2D({filters}, ({rows}, {columns}))` today."
            )
        return arguments, keywords
    by_place = dict(zip(_CONVOLUTION_2D_OF_KERAS_1, arguments, strict=False))
    given = by_place | keywords
    window = given.pop("nb_row", None), given.pop("nb_col", None)
    if None in window or "kernel_size" in given or by_place.keys() & keywords.keys():
        raise ArgumentError(
            "`nb_row` and `nb_col` are what `kernel_size` was called once",
            expected="both of them or kernel_size, once",
            received=", ".join(map(repr, arguments[1:])) + f" and {keywords}",
        )
    _say(f"`nb_row` and `nb_col` are written `kernel_size={window}` today.")
    return (given.pop("self"),), given | {"kernel_size": window}


CALLS = {"pellucid.nn.layers": {"Conv2D.__init__": _window_of_keras_1}}
"""What has to be done to arguments beside renaming them."""

_VALUES = {"dim_ordering": {"default": "channels_last", "tf": "channels_last", "th": "channels_first"}}
"""What the values of old arguments are called today."""

_accepted: set[str] = set()
_said: set[str] = set()


def accept(module: ModuleType) -> ModuleType:
    """Let what is in a public module be called with the old names too; return the module."""
    if module.__name__ not in _accepted:
        _accepted.add(module.__name__)
        for path, names in ARGUMENTS.get(module.__name__, {}).items():
            _put(module, path, _renaming(attrgetter(path)(module), names))
        for path, arrange in CALLS.get(module.__name__, {}).items():
            _put(module, path, _arranging(attrgetter(path)(module), arrange))
        for path, member in MEMBERS.get(module.__name__, {}).items():
            _put(module, path, member)
    return module


def _put(module: ModuleType, path: str, member: Any) -> None:
    """Set a function of a module, or a member of a class of it."""
    owner, _, name = path.rpartition(".")
    setattr(attrgetter(owner)(module) if owner else module, name, member)


def _arranging(function: Callable[..., Any], arrange: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def accepting(*arguments: Any, **keywords: Any) -> Any:
        arguments, keywords = arrange(arguments, keywords)
        return function(*arguments, **keywords)

    return accepting


def _renaming(function: Callable[..., Any], names: Mapping[str, str]) -> Callable[..., Any]:
    @wraps(function)
    def accepting(*arguments: Any, **keywords: Any) -> Any:
        if not names.keys().isdisjoint(keywords):
            keywords = _renamed(function, names, arguments, keywords)
        return function(*arguments, **keywords)

    return accepting


def _renamed(
    function: Callable[..., Any], names: Mapping[str, str], arguments: Sequence[Any], keywords: dict[str, Any]
) -> dict[str, Any]:
    """Return the keywords under their present names.

    Raises:
        ArgumentError: if an argument was given twice: under both names, or by its place and its old name.
    """
    from inspect import signature

    renamed: dict[str, Any] = {}
    given = {*list(signature(function).parameters)[: len(arguments)], *(keywords.keys() - names.keys())}
    for name, value in keywords.items():
        present = names.get(name, name)
        if name in names:
            if present in given:
                raise ArgumentError(
                    f"`{name}` is what `{present}` was called once",
                    expected="one of the two",
                    received="both",
                )
            _say(f"`{name}` is called `{present}` today.")
            value = _VALUES.get(name, {}).get(value, value) if isinstance(value, str) else value  # noqa: PLW2901
        renamed[present] = value
    return renamed


def _say(sentence: str) -> None:
    """Say what the present spelling is, once."""
    if sentence not in _said:
        from pellucid.compat.logging import info

        _said.add(sentence)
        info(sentence)
