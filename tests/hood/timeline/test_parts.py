"""The parts of the time line: the states that are kept, what changed from outside, the pace, the budget."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.errors import ArgumentError
from pellucid.hood.timeline.budget import budget_of
from pellucid.hood.timeline.changes import Changes, difference
from pellucid.hood.timeline.course import Kept, bytes_of
from pellucid.hood.timeline.pace import Pace
from pellucid.hood.timeline.states import States


def state(number, size=250):
    return {
        "weights": {"w": np.full(size, number, np.float32)},
        "optimizer": {"learning_rate": 0.1},
        "seed": 1,
    }


# ------------------------------------------------------------ states
def filled(budget, last=2000):
    states = States(Kept(0, state(0)), budget)
    for step in range(1, last + 1):
        states.add(Kept(step, state(step)))
    return states


def kept_steps(states, last=2000):
    return sorted({states.nearest(step).step for step in range(last + 1)})


def test_the_first_and_the_last_state_stay_whatever_the_budget():
    assert kept_steps(filled(1)) == [0, 2000]


def test_the_budget_is_used_and_kept():
    states = filled(100_000)
    assert 90_000 < states.bytes <= 100_000
    assert len(states) == 100_000 // bytes_of(state(0))
    assert (kept_steps(states)[0], kept_steps(states)[-1]) == (0, 2000)


def test_distances_grow_with_age_and_no_gap_is_large():
    steps = np.array(kept_steps(filled(100_000)))
    gaps = np.diff(steps)
    assert gaps[-5:].max() <= 5
    assert gaps[:20].mean() > 5 * gaps[-20:].mean()
    assert gaps.max() <= 4 * 2000 / len(steps)  # twice what it would be if all were alike, and rounding


def test_a_state_is_nearest_from_its_step_on():
    states = States(Kept(3, state(3)), np.inf)
    states.add(Kept(9, state(9)))
    assert [states.nearest(step).step for step in (3, 8, 9, 100)] == [3, 3, 9, 9]
    states.add(Kept(6, state(6)))
    states.add(Kept(6, state(7)))
    assert [states.nearest(step).step for step in (5, 6, 8)] == [3, 6, 6]
    assert len(states) == 3


def test_what_two_states_share_counts_once():
    array = np.zeros(1000)
    first, second = ({"weights": {"w": array, "v": np.full(10, step, np.float32)}} for step in range(2))
    assert bytes_of(first) == 8000 + 40 + 400
    assert bytes_of(second, first) == 40 + 400


def test_states_after_a_step_are_given_up():
    states = filled(np.inf, 10)
    states.cut(4)
    assert kept_steps(states, 10) == [0, 1, 2, 3, 4]
    states.drop_first()
    assert states.first == 1


# ------------------------------------------------------------ changes
def test_changes_are_what_differs_in_its_bits():
    changes = Changes()
    before, after = state(1), state(1)
    assert difference(before, after) == {}
    after["optimizer"]["learning_rate"] = 0.2
    changes.note(5, difference(before, after))
    changes.note(8, difference(state(1), state(2)))
    fresh = state(1)
    changes.apply(5, fresh)
    assert (fresh["optimizer"]["learning_rate"], fresh["weights"]["w"][0]) == (0.2, 1)
    changes.apply(8, fresh)
    assert fresh["weights"]["w"][0] == 2
    assert changes.between(4, 9) == [5, 8]
    assert changes.between(5, 8) == []
    changes.cut(first=6)
    assert changes.between(0, 99) == [8]
    changes.cut(last=7)
    assert (changes.between(0, 99), changes.bytes) == ([], 0)


def test_minus_zero_and_no_number_are_compared_by_their_bits():
    assert difference(state(np.nan), state(np.nan)) == {}
    assert list(difference(state(0.0), state(-0.0))) == [("weights", "w")]


# ------------------------------------------------------------ pace
def test_what_takes_long_is_done_seldom():
    pace = Pace(share=0.01, least=3.0)
    assert pace.interval == 3.0
    pace.took(0.5)
    assert pace.interval == 50.0
    assert 0 < pace.wait <= 50.0
    pace.took(0.02)
    assert pace.interval == 3.0


def test_a_disturbance_does_not_count_as_long_as_others_took_less():
    pace = Pace(share=0.01, least=0.0)
    for seconds, interval in [(0.1, 10), (9, 10), (0.2, 10), (9, 10), (9, 10), (9, 20), (9, 20), (9, 900)]:
        pace.took(seconds)
        assert pace.interval == pytest.approx(interval)


def test_a_guess_holds_until_it_is_known():
    assert Pace(share=0.1, least=0.0, guess=0.0).wait <= 0
    assert Pace(share=0.1, least=0.0, guess=7.0).wait > 60


# ------------------------------------------------------------ budget
AMOUNTS = {
    False: 0,
    None: 0,
    True: 64_000_000,
    1000: 1000,
    0.5e6: 0.5e6,
    "100 MB": 100e6,
    "1.5 gb": 1.5e9,
    "64KiB": 65536,
    "2 GiB": 2**31,
    " 300 B ": 300,
}


@pytest.mark.parametrize("record", AMOUNTS)
def test_amounts_of_memory(record):
    assert budget_of(record) == AMOUNTS[record]


@pytest.mark.parametrize("record", [0, -5, "", "much", "12", "0 MB", "-3 MB", "1 TB", np.inf, np.nan, [64]])
def test_what_is_no_amount_of_memory(record):
    with pytest.raises(ArgumentError, match="record is no amount of memory"):
        budget_of(record)
