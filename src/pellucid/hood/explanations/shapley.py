"""Shapley values: what each input adds, on average over all orders in which inputs may be told."""

from __future__ import annotations

from math import factorial
from typing import Any, Final, NamedTuple, final

import numpy as np

from pellucid.hood.explanations.attribution import Attribution
from pellucid.hood.explanations.question import Compared, Question, ask, compared_with
from pellucid.hood.opened import Opened
from pellucid.nn._arguments import seed as checked_seed
from pellucid.nn._arguments import whole
from pellucid.ops.formulas import random_bits

__all__ = ["shapley_values"]

_EXACTLY: Final = 12  # inputs whose sets are all gone through
_FEWEST, _USUAL = 32, 1000  # orders, beyond that
_PREDICTIONS: Final = 2**18  # for one example, unless even the fewest orders need more
_STREAM: Final = "shapley"  # of random numbers


def shapley_values(
    opened: Opened, background: Any, answer: Any, of: str, orders: int | None, seed: int
) -> Attribution:
    """Compare each example with the background: exactly where few inputs differ, else by a sample."""
    question = ask(opened, answer, of)
    compared = compared_with(background, opened, "background")
    count = None if orders is None else whole("orders", orders, least=4)
    games = [_Game(question, compared.examples, example) for example in range(len(question.x))]
    start = checked_seed(seed)
    found = [
        game.exactly() if len(game.players) <= _EXACTLY else game.sampled(count, start) for game in games
    ]
    sampled = [shares.orders for shares in found if shares.orders]
    mean = Compared(compared.examples.mean(axis=0, keepdims=True), compared.words)
    return Attribution(
        "Shapley values",
        question,
        mean,
        np.stack([shares.values for shares in found]),
        question.values(question.x),
        np.array([game.reference for game in games]),
        _note(sampled),
        np.stack([shares.error for shares in found]) if sampled else None,
    )


class _Shares(NamedTuple):
    """What each input adds.

    Attributes:
        values: that.
        error: the standard error of each, 0 where it is exact.
        orders: in how many orders the inputs were told; 0 for all.
    """

    values: np.ndarray
    error: np.ndarray
    orders: int


@final
class _Game:
    """One example as a game, whose players are the inputs that differ from the background.

    A set of players is worth the mean of the answers to the background, with the inputs of the set replaced
    by those of the example.

    Attributes:
        players: the numbers of these inputs.
        reference: the mean of the answers to the background.
    """

    __slots__ = ("_background", "_chosen", "_function", "_shape", "_x", "players", "reference")

    def __init__(self, question: Question, background: np.ndarray, example: int) -> None:
        self._function = question.function
        self._chosen = question.chosen[example]
        self._shape = question.function.shape
        self._x = question.x[example].ravel()
        self._background = background.reshape(len(background), -1)
        self.players = np.flatnonzero((self._background != self._x).any(axis=0))
        self.reference = float(self._answers(self._background).mean())

    def _answers(self, rows: np.ndarray) -> np.ndarray:
        return self._function.values(rows.reshape(len(rows), *self._shape))[:, self._chosen]

    # ------------------------------------------------------------ exactly
    def exactly(self) -> _Shares:
        """Go through all sets of players.

        Formula:
            value[i] = sum over the sets S without i of |S|! (n - |S| - 1)! / n! (worth(S and i) - worth(S))
        """
        count = len(self.players)
        members = (np.arange(2**count)[:, None] >> np.arange(count) & 1).astype(bool)  # a row for each set
        worth = self._worth(members)
        sizes = members.sum(axis=1)
        weights = np.array([factorial(k) * factorial(count - k - 1) / factorial(count) for k in range(count)])
        values = np.zeros(self._x.size)
        for place, player in enumerate(self.players):
            without = np.flatnonzero(~members[:, place])
            values[player] = weights[sizes[without]] @ (worth[without + 2**place] - worth[without])
        return _Shares(values.reshape(self._shape), np.zeros(self._shape), 0)

    def _worth(self, members: np.ndarray) -> np.ndarray:
        """Return what sets are worth."""
        block = max(1, self._function.at_once // len(self._background))
        parts = []
        for first in range(0, len(members), block):
            told = np.zeros((len(members[first : first + block]), self._x.size), bool)
            told[:, self.players] = members[first : first + block]
            rows = np.where(told[:, None], self._x, self._background).reshape(-1, self._x.size)
            parts.append(self._answers(rows).reshape(len(told), -1).mean(axis=1))
        return np.concatenate(parts)

    # ------------------------------------------------------------ by a sample
    def sampled(self, orders: int | None, seed: int) -> _Shares:
        """Tell the inputs in random orders, forwards and backwards, from each of the background in turn."""
        count = len(self.players)
        if orders is None:
            orders = min(_USUAL, max(_FEWEST, _PREDICTIONS // (count + 1)))
        pairs = -(-orders // 2)
        bits: Any = random_bits  # it has no type hints
        mean, squares = np.zeros(count), np.zeros(count)  # of deviations, as in Welford 1962
        for pair in range(pairs):
            order = np.argsort(bits(count, seed, _STREAM, [pair])[0], kind="stable")
            start = self._background[pair % len(self._background)]
            added = (self._added(start, order) + self._added(start, order[::-1])) / 2
            before = mean
            mean = before + (added - before) / (pair + 1)
            squares += (added - before) * (added - mean)
        values, error = np.zeros(self._x.size), np.zeros(self._x.size)
        values[self.players], error[self.players] = mean, np.sqrt(squares / (pairs * (pairs - 1)))
        return _Shares(values.reshape(self._shape), error.reshape(self._shape), 2 * pairs)

    def _added(self, start: np.ndarray, order: np.ndarray) -> np.ndarray:
        """Tell the inputs in an order; return what each adds to the answer at its turn."""
        turns = np.empty(self._x.size, int)
        turns[:] = len(order)
        turns[self.players[order]] = np.arange(len(order))
        block = self._function.at_once
        answers = []
        for first in range(0, len(order) + 1, block):
            times = np.arange(first, min(first + block, len(order) + 1))
            answers.append(self._answers(np.where(turns < times[:, None], self._x, start)))
        added = np.empty(len(order))
        added[order] = np.diff(np.concatenate(answers))
        return added


def _note(sampled: list[int]) -> str:
    if not sampled:
        return "All sets of inputs were gone through: the numbers are exact."
    return (
        f"Inputs were told in {max(sampled)} random orders, half of them the others backwards.\n"
        "In 19 cases of 20 the true value lies within twice what is given or taken."
    )
