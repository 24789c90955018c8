"""Every exception that Pellucid raises on purpose.

PellucidError
├── GraphError          a graph was built or used in a way that has no meaning      (TypeError)
├── ShapeError          sizes that do not fit together                              (ValueError)
├── DtypeError          a kind of number that an operation cannot take              (TypeError)
├── ArgumentError       an argument outside its range                               (ValueError)
├── UnknownNameError    no layer, loss, optimizer, ... has this name                (ValueError)
├── DataError           examples that cannot be learnt from: NaN, text, bad labels  (ValueError)
├── ModelFileError      a model file that is damaged or not a model file            (ValueError)
├── UsageError          a call that came too early: fit before compile, ...         (RuntimeError)
├── UnsupportedError    something that Pellucid does not do                         (NotImplementedError)
└── CheckError          a check of `pellucid.testing` found something wrong         (AssertionError)

Each one says in one sentence what is wrong, what was expected, what came, and what to try.

Beside them, two warnings:

TrainingWarning         fit goes on, but something seems wrong with what it was given   (UserWarning)
DivergenceWarning       a loss became NaN or infinite, so training has stopped          (RuntimeWarning)
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = [
    "ArgumentError",
    "CheckError",
    "DataError",
    "DivergenceWarning",
    "DtypeError",
    "GraphError",
    "ModelFileError",
    "PellucidError",
    "ShapeError",
    "TrainingWarning",
    "UnknownNameError",
    "UnsupportedError",
    "UsageError",
]


class PellucidError(Exception):
    """The base of all errors here: one sentence from up to four parts.

    Args:
        what: what is wrong, as the beginning of a sentence.
        expected: what would have been right.
        received: what came instead.
        attempt: what to try, as words after "try".
    Example:
        >>> print(DataError("x cannot be used", expected="numbers", received="text", attempt="float(x)"))
        x cannot be used: expected numbers, received text; try float(x).
    """

    def __init__(self, what: str, *, expected: str = "", received: str = "", attempt: str = "") -> None:
        facts = ", ".join(
            f"{word} {fact}" for word, fact in (("expected", expected), ("received", received)) if fact
        )
        sentence = f"{what}: {facts}" if facts else what
        super().__init__(f"{sentence}; try {attempt}." if attempt else f"{sentence}.")


class GraphError(PellucidError, TypeError):
    """A graph was built or used in a way that has no meaning."""


class ShapeError(PellucidError, ValueError):
    """Sizes do not fit together."""


class DtypeError(PellucidError, TypeError):
    """An operation cannot take this kind of number."""


class ArgumentError(PellucidError, ValueError):
    """An argument is outside its range."""


class UnknownNameError(PellucidError, ValueError):
    """Nothing of this kind has this name.

    Args:
        kind: what was looked for: "loss", "column".
        name: the name that was given.
        known: the names there are; the nearest one is offered.
    Example:
        >>> print(UnknownNameError("optimizer", "adm", ["adam", "sgd"]))
        no optimizer is called 'adm': expected one of 'adam', 'sgd', received 'adm'; try 'adam'.
    """

    def __init__(self, kind: str, name: object, known: Iterable[str]) -> None:
        from difflib import get_close_matches

        names = list(known)
        folded = {known_name.lower(): known_name for known_name in reversed(names)}
        near = get_close_matches(str(name).lower(), folded, n=1, cutoff=0.5)
        super().__init__(
            f"no {kind} is called {name!r}",
            expected="one of " + ", ".join(map(repr, names)),
            received=repr(name),
            attempt=repr(folded[near[0]]) if near else "",
        )


class DataError(PellucidError, ValueError):
    """Examples cannot be learnt from: NaN, text, labels outside the classes, nothing at all."""


class ModelFileError(PellucidError, ValueError):
    """A file is damaged, or is not a model file."""


class UsageError(PellucidError, RuntimeError):
    """A call came too early: fit before compile, predict before the input shape is known."""


class UnsupportedError(PellucidError, NotImplementedError):
    """Pellucid does not do this."""


class CheckError(PellucidError, AssertionError):
    """A check of `pellucid.testing` found something wrong."""


class DivergenceWarning(RuntimeWarning):
    """A loss became NaN or infinite; training has stopped, and the model is as it was before."""


class TrainingWarning(UserWarning):
    """Fit goes on, but the doctor found something that seems wrong with the model or its examples."""
