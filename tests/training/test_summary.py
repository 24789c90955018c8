"""The table of model.summary(), line by line; the pictures here are what Keras 3.15 printed."""

from __future__ import annotations

import io

import pytest

from pellucid import Sequential
from pellucid.errors import ArgumentError
from pellucid.layers import Dense, Input
from pellucid.training._summary import Row, Weights, summary_text, write_summary

NOTHING = Weights()
DENSE = Row("dense", "Dense", (None, 8), 40, trainable=True)
DROPOUT = Row("dropout", "Dropout", (None, 8), 0)
LAST = Row("dense_1", "Dense", (None, 1), 9, trainable=True)


def table(*rows, name="sequential", trainable=NOTHING, non_trainable=NOTHING, **arguments):
    """The lines of the summary without the three or four totals."""
    lines = summary_text(name, rows, trainable, non_trainable, **arguments).splitlines()
    return "\n".join(line for line in lines if " params: " not in line)


def totals(trainable=NOTHING, non_trainable=NOTHING, **arguments):
    return summary_text("m", [], trainable, non_trainable, **arguments).splitlines()[-4:]


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


def test_a_model_that_has_been_trained():
    text = summary_text(
        "sequential",
        [DENSE, DROPOUT, LAST],
        Weights(49, 196),
        NOTHING,
        optimizer=Weights(100, 400),  # Adam: 2 * 49, its step and its learning rate
    )
    assert (
        text
        == """\
Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ dense (Dense)                   │ (None, 8)              │            40 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dropout (Dropout)               │ (None, 8)              │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense_1 (Dense)                 │ (None, 1)              │             9 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 149 (596.00 B)
 Trainable params: 49 (196.00 B)
 Non-trainable params: 0 (0.00 B)
 Optimizer params: 100 (400.00 B)
"""
    )


def test_a_model_that_nobody_has_used_yet(capsys):
    """Its layers get their names for the table."""
    model = Sequential([Input((3,)), Dense(8), Dense(1)])
    model.summary()
    text = capsys.readouterr().out
    assert "│ dense_1 (Dense)" in text
    assert "│ dense_2 (Dense)" in text
    assert "Total params: 41 (164.00 B)" in text  # 3 8 + 8 and 8 + 1


def test_a_wide_terminal_gets_88_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert (
        table(DENSE)
        == """\
Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┓
┃ Layer (type)                         ┃ Output Shape                ┃         Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━┩
│ dense (Dense)                        │ (None, 8)                   │              40 │
└──────────────────────────────────────┴─────────────────────────────┴─────────────────┘"""
    )


def test_layers_that_are_not_built_and_names_that_do_not_fit():
    long = Row("a_very_long_name_for_a_layer_that_must_wrap", "Dense", None, None)
    assert (
        table(long, Row("dense", "Dense", None, None))
        == """\
Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ a_very_long_name_for_a_layer_t… │ ?                      │   0 (unbuilt) │
│ (Dense)                         │                        │               │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense (Dense)                   │ ?                      │   0 (unbuilt) │
└─────────────────────────────────┴────────────────────────┴───────────────┘"""
    )


def test_a_model_without_layers():
    assert (
        table(name="empty one")
        == """\
Model: "empty one"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
└─────────────────────────────────┴────────────────────────┴───────────────┘"""
    )


def test_the_column_of_trainable_layers():
    frozen = Row("dense_1", "Dense", (None, 1), 9, trainable=False)
    assert (
        table(DENSE, DROPOUT, frozen, show_trainable=True)
        == """\
Model: "sequential"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━┓
┃ Layer (type)                ┃ Output Shape          ┃    Param # ┃ Trai… ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━┩
│ dense (Dense)               │ (None, 8)             │         40 │   Y   │
├─────────────────────────────┼───────────────────────┼────────────┼───────┤
│ dropout (Dropout)           │ (None, 8)             │          0 │   -   │
├─────────────────────────────┼───────────────────────┼────────────┼───────┤
│ dense_1 (Dense)             │ (None, 1)             │          9 │   N   │
└─────────────────────────────┴───────────────────────┴────────────┴───────┘"""
    )


def test_the_titles_of_a_narrow_table_stand_at_its_bottom():
    assert (
        table(DENSE, line_length=40)
        == """\
Model: "sequential"
┏━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━┓
┃                 ┃ Output     ┃ Param ┃
┃ Layer (type)    ┃ Shape      ┃     # ┃
┡━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━┩
│ dense (Dense)   │ (None, 8)  │    40 │
└─────────────────┴────────────┴───────┘"""
    )


@pytest.mark.parametrize("positions", [[0.2, 0.5, 0.8], [12, 30, 48]])
def test_positions_are_fractions_or_characters_and_columns_fill_the_line(positions):
    assert (
        table(DENSE, line_length=60, positions=positions)
        == """\
Model: "sequential"
┏━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)  ┃ Output Shape        ┃            Param # ┃
┡━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━┩
│ dense (Dense) │ (None, 8)           │                 40 │
└───────────────┴─────────────────────┴────────────────────┘"""
    )


def test_nested_models_and_signs_of_two_columns():
    rows = [
        Row("sequential", "Sequential", (None, 1), 49),
        Row("a_very_long_name_for_a_layer", "Dense", (None, 8), 40, depth=1),
        Row("dense", "Dense", (None, 1), 9, depth=1),
        Row("größe 层层层层", "Dense", (None, 1), 2),
        Row("层" * 12, "Dense", "[(None, 1), (None, 2)]", 2),
    ]
    assert (
        table(*rows, name="sequential_1", line_length=50)
        == """\
Model: "sequential_1"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━┳━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape   ┃ Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━╇━━━━━━━━━┩
│ sequential          │ (None, 1)      │      49 │
│ (Sequential)        │                │         │
├─────────────────────┼────────────────┼─────────┤
│    └                │ (None, 8)      │      40 │
│ a_very_long_name_f… │                │         │
│ (Dense)             │                │         │
├─────────────────────┼────────────────┼─────────┤
│    └ dense (Dense)  │ (None, 1)      │       9 │
├─────────────────────┼────────────────┼─────────┤
│ größe 层层层层      │ (None, 1)      │       2 │
│ (Dense)             │                │         │
├─────────────────────┼────────────────┼─────────┤
│ 层层层层层层层层层… │ [(None, 1),    │       2 │
│ (Dense)             │ (None, 2)]     │         │
└─────────────────────┴────────────────┴─────────┘"""
    )


def test_a_sign_of_two_columns_is_not_cut_in_half():
    line = table(Row("a" + "层" * 12, "Dense", (None, 1), 2), line_length=50).splitlines()[4]
    assert line.startswith("│ a层层层层层层层层 … │")  # 1 + 8 * 2 = 17 of 19 columns; one more would leave 0


def test_huge_names_and_numbers():
    text = table(Row("n" * 100_000, "Dense", (None, 10**12), 10**13, trainable=True))
    assert "│ nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn… │ (None, 1000000000000)  │ 10,000,000,0… │" in text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0.00 B"),
        (1023, "1023.00 B"),
        (1024, "1.00 KB"),
        (1536, "1.50 KB"),
        (3 * 2**20, "3.00 MB"),
        (2**30, "1.00 GB"),
        (2**40, "1.00 TB"),
        (2**50, "1.00 PB"),
        (2**60, "1024.00 PB"),
    ],
)
def test_memory_is_told_in_powers_of_1024(size, text):
    assert totals(Weights(1, size))[-2] == f" Trainable params: 1 ({text})"


def test_the_total_is_of_all_weights_and_numbers_have_commas():
    assert totals(Weights(1_234_567, 10), Weights(1_000, 20), optimizer=Weights(2, 30)) == [
        " Total params: 1,235,569 (60.00 B)",
        " Trainable params: 1,234,567 (10.00 B)",
        " Non-trainable params: 1,000 (20.00 B)",
        " Optimizer params: 2 (30.00 B)",
    ]


@pytest.mark.parametrize("show_trainable", [False, True])
def test_every_line_of_the_table_is_as_long_as_it_should_be(show_trainable):
    for length in range(50, 200):
        lines = table(DENSE, line_length=length, show_trainable=show_trainable).splitlines()[1:]
        assert {len(line) for line in lines} == {length}


@pytest.mark.parametrize("length", [-5, 0, 1, 12])
def test_a_line_without_room_for_the_columns_is_refused(length):
    with pytest.raises(ArgumentError, match="a larger line_length"):
        table(DENSE, line_length=length)


@pytest.mark.parametrize(
    "positions", [[], [0.5, 1.0], [0.2, 0.4, 0.6, 0.8], [10, 20, 101], [0.9, 0.5, 1.0], [-1, 0.5, 1.0]]
)
def test_positions_that_make_no_columns_are_refused(positions):
    with pytest.raises(ArgumentError):
        table(DENSE, line_length=100, positions=positions)


def test_a_print_function_gets_the_text_in_one_piece(capsys):
    received = []
    write_summary("a\nb\n", received.append)
    assert received == ["a\nb\n"]
    assert capsys.readouterr().out == ""


def test_without_one_it_goes_to_standard_output_as_it_is(capsys):
    write_summary("┏a\nb\n")
    assert capsys.readouterr().out == "┏a\nb\n"


def test_an_encoding_without_the_signs_gets_plain_ones(monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="ascii", newline=""))
    write_summary(table(Row("größe_" + "l" * 30, "Dense", (None, 1), 2), line_length=50))
    assert (
        written.getvalue().decode("ascii")
        == """\
Model: "sequential"
+---------------------+----------------+---------+
| Layer (type)        | Output Shape   | Param # |
+---------------------+----------------+---------+
| gr??e_llllllllllll~ | (None, 1)      |       2 |
| (Dense)             |                |         |
+---------------------+----------------+---------+"""
    )


def test_a_program_without_a_console_prints_nothing(monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    write_summary("text\n")
