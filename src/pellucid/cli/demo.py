"""`pellucid demo`: the whole of it, in one look."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pellucid.training.model import Model

from pellucid.cli._words import Texts, add_command

__all__ = ["add_to", "run"]

_ABOUT = """\
Watch a network learn to turn Celsius into Fahrenheit from seven examples: how
its error falls, which rule it finds, and the NumPy program that did it. Nothing
is written anywhere.
"""
_HEART = ("predict", "train_step", "gradient_descent", "trained_weights")  # functions of the program


def add_to(commands: Any) -> None:
    """Add the words of this command."""
    words = add_command(
        commands,
        "demo",
        Texts("watch a network find a rule", _ABOUT, "example:\n  pellucid demo --source > celsius.py\n"),
    )
    words.add_argument("--source", action="store_true", help="print the whole program, and nothing else")
    words.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from pellucid.cli import _network
    from pellucid.cli._report import say_rule
    from pellucid.cli._watching import Watching
    from pellucid.data.datasets import CELSIUS_FILE
    from pellucid.data.tables import read_table
    from pellucid.training.callbacks import Callback

    target = "fahrenheit"
    x, y = read_table(CELSIUS_FILE).split(target)
    model = _network.make_network(x, y, target, layers=(), seed=0)
    model.feature_names, model.answer_names = x.columns, [target]
    plan = _network.make_plan(x, y, layers=(), epochs=None)
    if options.source:
        _network.learn(model, plan, x, y, Callback())
        sys.stdout.write(model.numpy_source())
        return 0
    print(_BEFORE.format(rows="\n".join(f"    {c:7g}  {f:10g}" for (c,), f in zip(x.values, y, strict=True))))
    finished = _network.learn(model, plan, x, y, Watching(target, plan.epochs))
    if not finished:
        raise KeyboardInterrupt
    say_rule(model)
    print(_AFTER.format(answer=model.predict([100.0], verbose=0).item(), **_arithmetic(model)))
    print(_heart(model))
    print(_END)
    return 0


def _arithmetic(model: Model) -> dict[str, float]:
    """Return the numbers by which the network's weight becomes that of the rule."""
    x_mean, x_variance, weight, _, y_mean, y_variance = (array.item() for array in model.get_weights())
    factor = weight * y_variance**0.5 / x_variance**0.5
    return {
        "weight": weight,
        "x_mean": x_mean,
        "x_deviation": x_variance**0.5,
        "y_mean": y_mean,
        "y_deviation": y_variance**0.5,
        "factor": factor,
        "rest": y_mean - factor * x_mean,
    }


def _heart(model: Model) -> str:
    """Return the functions of the program that a reader looks for first."""
    parts = model.numpy_source().split("\n\n\n")
    wanted = [part.strip() for name in _HEART for part in parts if part.startswith(f"def {name}(")]
    return "\n\n\n".join(wanted) + "\n"


_BEFORE = """\
Seven temperatures, in Celsius and in Fahrenheit. This is all that the network is given:

    celsius  fahrenheit
{rows}

It is not told the rule between them. It has two numbers, a weight and a bias, which both start
from 0, and it does the same thing over and over: answer all seven, see how far off the answers
are, and change both numbers a little so that they will be less far off. Once through all
examples is an epoch.

The loss is the mean of the squared errors; its root is the typical error, in Fahrenheit.
"""
_AFTER = """\
The rule in the books is 1.8 * celsius + 32. The table has whole degrees only, and the rule above
is the one that fits these seven rows best.

It has never seen 100 Celsius. Its answer: {answer:.1f} Fahrenheit. (In truth it is 212.)

Nothing about this is hidden. So that the size of a step suits any unit, the network first brings
Celsius to mean 0 and deviation 1, and its answer back from there in the end. On that scale its
weight became {weight:.5f} and its bias stayed at 0. In degrees that is the rule above:

    {weight:.5f} * {y_deviation:.3f} / {x_deviation:.3f} = {factor:.3f}
    {y_mean:.3f} - {factor:.3f} * {x_mean:.3f} = {rest:.2f}

And here is the program that ran, in NumPy. `predict` answers, `train_step` learns from one look at
the examples, `gradient_descent` changes one weight, `trained_weights` is what the network knows now.
"""
_END = """\
The rest of it is what training starts from, and the loop over the epochs. To print it all:

    pellucid demo --source

Then try a table of your own: numbers, under a line of column names.

    pellucid fit TABLE.csv --target COLUMN"""
