"""The bar and the lines of fit, evaluate and predict, sign by sign, on a clock that the test sets."""

from __future__ import annotations

import io
import math
from types import SimpleNamespace

import numpy as np
import pytest

from pellucid.errors import ArgumentError
from pellucid.training import _progress
from pellucid.training._progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Run:
    """A Progress that writes into a text, on a clock of its own."""

    def __init__(self, verbose=1, *, stream=None, **arguments):
        self.now = 0.0
        self.stream = stream or io.StringIO()
        self.progress = Progress(verbose, stream=self.stream, clock=lambda: self.now, **arguments)

    def begin(self, epoch):
        self.progress.begin_epoch(epoch)

    def show(self, done, logs=None, *, at, finished=False):
        self.now = at
        self.progress.show(done, logs, finished=finished)

    def take(self):
        text = self.stream.getvalue()
        self.stream.seek(0)
        self.stream.truncate()
        return text


def bar(count, full, rest, *, sign="━"):
    """What stands before the time: the count in bold, what is done in green, the rest in grey."""
    done = f"\x1b[32m{sign * full}\x1b[0m" if full else ""
    return f"\x1b[1m{count}\x1b[0m {done}\x1b[37m{sign * rest}\x1b[0m "


def test_an_epoch_draws_its_bar_again_and_again_on_one_line():
    run = Run(epochs=5, steps=4)
    run.begin(0)
    assert run.take() == "Epoch 1/5\n"
    # One step took 0.003 s, so the three to come take 0.009 s: "0s".
    run.show(1, {"accuracy": 0.5, "loss": 0.6931}, at=0.003)
    values = "3ms/step - accuracy: 0.5000 - loss: 0.6931"
    assert run.take() == "\r" + bar("1/4", 5, 15) + f"\x1b[1m0s\x1b[0m {values}"
    # The first step is left out: (0.063 - 0.003) / 3 = 0.02 s. Before it, the old line is taken back:
    # count 3, space 1, bar 20, space 1, time 2, space 1 and the values.
    run.show(4, {"accuracy": 0.25, "loss": 0.5, "val_loss": 0.125}, at=0.063, finished=True)
    values_at_the_end = "20ms/step - accuracy: 0.2500 - loss: 0.5000 - val_loss: 0.1250"
    assert run.take() == (
        "\b" * (28 + len(values)) + "\r" + bar("4/4", 20, 0) + f"\x1b[1m0s\x1b[0m {values_at_the_end}\n"
    )
    run.begin(1)
    run.show(4, {"loss": 0.5}, at=0.1, finished=True)
    assert run.take().startswith("Epoch 2/5\n\r\x1b[1m4/4")


def test_a_shorter_line_wipes_out_the_longer_one_before_it():
    run = Run(steps=2)
    run.show(1, {"loss": -1e-9}, at=1)
    assert run.take().endswith(" - loss: -1.0000e-09")
    run.show(2, {"loss": 1.0}, at=2, finished=True)
    assert run.take().endswith(" - loss: 1.0000" + " " * 5 + "\n")


def test_one_epoch_has_no_heading():
    run = Run(epochs=1, steps=1)
    run.begin(0)
    assert run.take() == ""


def test_predict_has_a_bar_without_values():
    run = Run(steps=10)
    run.show(3, at=0.6)
    # 0.2 s a step, 7 steps to come: 1.4 s. 20 * 3/10 = 6 signs are green.
    assert run.take() == "\r" + bar(" 3/10", 6, 14) + "\x1b[1m1s\x1b[0m 200ms/step"


@pytest.mark.parametrize(
    ("step_seconds", "left", "each"),
    [
        (0.0, "0s", "0s/step"),
        (0.000_25, "0s", "250us/step"),
        (0.0015, "0s", "2ms/step"),
        (0.6, "59s", "600ms/step"),
        (1.0, "1:39", "1s/step"),
        (36.5, "1:00:13", "36s/step"),  # 99 * 36.5 = 3613.5
        (4000.0, "110:00:00", "4000s/step"),
    ],
)
def test_the_time_left_and_the_time_of_a_step(step_seconds, left, each):
    run = Run(steps=100)
    run.show(1, at=step_seconds)
    assert run.take().endswith(f"\x1b[1m{left}\x1b[0m {each}")


def test_the_time_of_a_step_counts_from_the_start_if_the_first_step_was_not_seen():
    run = Run(steps=4)
    run.show(2, at=1.0)
    assert " 500ms/step" in run.take()


def test_before_the_first_step_there_is_no_time_to_tell():
    run = Run(steps=4)
    run.show(0, at=3.0)
    assert run.take() == "\r" + bar("0/4", 0, 20) + "\x1b[1m0s\x1b[0m 0s/step"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.001, "1.0000e-03"),
        (0.00101, "0.0010"),
        (-2.5, "-2.5000"),
        (12345.678, "12345.6780"),
        (0.0, "0.0000e+00"),
        (np.float32(0.5), "0.5000"),
        (math.nan, "nan"),
        (math.inf, "inf"),
    ],
)
def test_values_have_four_decimals_or_an_exponent(value, text):
    run = Run(steps=1)
    run.show(1, {"loss": value}, at=1, finished=True)
    assert run.take().endswith(f" - loss: {text}\n")


def test_values_keep_the_order_in_which_they_first_came():
    run = Run(steps=2)
    run.show(1, {"b": 1, "a": 2}, at=1)
    run.show(2, {"a": 3, "c": 4, "b": 5}, at=2, finished=True)
    assert run.take().endswith(" - b: 5.0000 - a: 3.0000 - c: 4.0000\n")


def test_an_unknown_number_of_steps_is_learnt_from_the_first_epoch():
    run = Run(epochs=2, steps=None)
    run.begin(0)
    run.show(7, {"loss": 1}, at=2)
    assert run.take() == "Epoch 1/2\n\r      7/Unknown \x1b[1m2s\x1b[0m 286ms/step - loss: 1.0000"
    run.show(8, at=4, finished=True)
    assert bar("8/8", 20, 0) in run.take()
    run.begin(1)
    run.show(2, at=5)
    assert bar("2/8", 5, 15) in run.take()


def test_an_epoch_without_steps_is_told_as_such():
    run = Run(steps=None)
    run.show(0, at=0, finished=True)
    assert run.take() == "\r      0/Unknown \x1b[1m0s\x1b[0m 0s/step\n"


def test_what_comes_within_a_twentieth_of_a_second_is_not_drawn_but_remembered():
    run = Run(steps=100)
    run.show(1, {"loss": 1}, at=0.10)
    run.take()
    run.show(2, {"loss": 2}, at=0.14)
    assert run.take() == ""
    run.show(3, at=0.16)
    assert " - loss: 2.0000" in run.take()
    run.show(100, at=0.17, finished=True)
    assert run.take() != ""


def test_two_is_one_line_an_epoch():
    run = Run(2, epochs=2, steps=100)
    run.begin(0)
    run.show(1, {"loss": 1}, at=0.5)
    run.show(100, {"loss": 0.25, "val_loss": -0.5}, at=2.0, finished=True)
    # Here, and only here, Keras writes negative values with an exponent.
    assert run.take() == "Epoch 1/2\n100/100 - 2s - 20ms/step - loss: 0.2500 - val_loss: -5.0000e-01\n"


def test_zero_is_nothing():
    run = Run(0, epochs=2, steps=1)
    run.begin(0)
    run.show(1, {"loss": 1}, at=1, finished=True)
    assert run.take() == ""


def test_three_is_headings_only():
    run = Run(3, epochs=2, steps=1)
    run.begin(0)
    run.show(1, {"loss": 1}, at=1, finished=True)
    assert run.take() == "Epoch 1/2\n"


@pytest.mark.parametrize(
    ("verbose", "like"), [("auto", 1), (True, 1), (np.True_, 1), (np.int64(2), 2), (False, 0)]
)
def test_other_spellings_of_verbose(verbose, like):
    texts = []
    for spelling in (verbose, like):
        run = Run(spelling, epochs=2, steps=1)
        run.begin(0)
        run.show(1, {"loss": 1}, at=1, finished=True)
        texts.append(run.take())
    assert texts[0] == texts[1]


@pytest.mark.parametrize("verbose", [-1, np.int64(-1), 1.5, "2", "loud", None])
def test_verbose_that_means_nothing_is_refused(verbose):
    with pytest.raises(ArgumentError, match="expected 0, 1, 2"):
        Progress(verbose)


def test_on_windows_a_file_gets_each_state_on_its_own_line(monkeypatch):
    monkeypatch.setattr(_progress, "os", SimpleNamespace(name="nt", environ={}))
    run = Run(steps=2)
    run.show(1, at=1)
    run.show(2, at=2, finished=True)
    text = run.take()
    assert "\b" not in text
    assert "\r" not in text
    assert [line[4:7] for line in text.split("\n")] == ["", "1/2", "2/2", ""]


def test_on_windows_a_terminal_is_redrawn_in_place(monkeypatch):
    monkeypatch.setattr(_progress, "os", SimpleNamespace(name="nt", environ={}))
    run = Run(steps=2, stream=Terminal())
    run.show(1, at=1)
    assert run.take().startswith("\r")


@pytest.mark.parametrize(
    ("encoding", "sign", "name"),
    [("utf-8", "━", "größe"), ("ascii", "=", "gr??e"), ("latin-1", "=", "größe"), ("gb2312", "━", "gr??e")],
)
def test_the_bar_is_drawn_with_what_the_encoding_has(encoding, sign, name):
    bytes_written = io.BytesIO()
    stream = io.TextIOWrapper(bytes_written, encoding=encoding, errors="strict", newline="")
    progress = Progress(1, steps=2, stream=stream, clock=lambda: 0.0)
    progress.show(1, {"größe": 1})
    text = bytes_written.getvalue().decode(encoding)
    assert text == "\r" + bar("1/2", 10, 10, sign=sign) + f"\x1b[1m0s\x1b[0m 0s/step - {name}: 1.0000"


def test_a_stream_needs_no_more_than_write_and_flush():
    written = []
    stream = SimpleNamespace(write=written.append, flush=lambda: written.append("flush"))
    Progress(2, steps=1, stream=stream, clock=lambda: 0.0).show(1, finished=True)
    assert written == ["1/1 - 0s - 0s/step\n", "flush"]


def test_it_writes_to_what_standard_output_is_when_the_run_begins(capsys):
    Progress(2, epochs=2).begin_epoch(1)
    assert capsys.readouterr().out == "Epoch 2/2\n"


def test_a_program_without_a_console_is_silent(monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    progress = Progress(1, epochs=2, steps=1)
    progress.begin_epoch(0)
    progress.show(1, finished=True)
