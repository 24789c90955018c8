"""What arguments and methods were called in Keras 1 and 2: SGD(lr=0.1), fit(nb_epoch=5), predict_classes.

Two tables hold the old names, by the module and by the function or class that has them. The rest of the
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

__all__ = ["ARGUMENTS", "MEMBERS", "accept"]

ARGUMENTS = {
    "pellucid.compat.models": {"Model.fit": {"nb_epoch": "epochs"}},
    "pellucid.compat.utils": {"to_categorical": {"nb_classes": "num_classes", "y": "x"}},
    "pellucid.nn.layers": {
        "Dense.__init__": {
            "W_regularizer": "kernel_regularizer",
            "b_regularizer": "bias_regularizer",
            "bias": "use_bias",
            "init": "kernel_initializer",
            "output_dim": "units",
        },
        "Dropout.__init__": {"p": "rate"},
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

_accepted: set[str] = set()
_said: set[str] = set()


def accept(module: ModuleType) -> ModuleType:
    """Let what is in a public module be called with the old names too; return the module."""
    if module.__name__ not in _accepted:
        _accepted.add(module.__name__)
        for path, names in ARGUMENTS.get(module.__name__, {}).items():
            _put(module, path, _renaming(attrgetter(path)(module), names))
        for path, member in MEMBERS.get(module.__name__, {}).items():
            _put(module, path, member)
    return module


def _put(module: ModuleType, path: str, member: Any) -> None:
    """Set a function of a module, or a member of a class of it."""
    owner, _, name = path.rpartition(".")
    setattr(attrgetter(owner)(module) if owner else module, name, member)


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
        renamed[present] = value
    return renamed


def _say(sentence: str) -> None:
    """Say what the present spelling is, once."""
    if sentence not in _said:
        from pellucid.compat.logging import info

        _said.add(sentence)
        info(sentence)
