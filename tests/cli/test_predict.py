"""`pellucid predict`: one case, and whole tables."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from pellucid import Sequential
from pellucid.layers import Dense
from pellucid.models import load_model


@pytest.fixture
def houses(pellucid, write):
    """A network that knows: price = 1000 floor area + 5000 rooms."""
    area, rooms = np.array([50, 80, 120, 100, 70.0]), np.array([1, 3, 2, 5, 4.0])
    table = write("houses.csv", floor_area=area, rooms=rooms, price=1000 * area + 5000 * rooms)
    assert pellucid("fit", table, "--target", "price").code == 0
    return "houses.safetensors"


def test_one_case(pellucid, celsius):
    done = pellucid("predict", celsius, "--set", "celsius=100")
    assert done == (0, "fahrenheit = 211.747\n", "")


@pytest.mark.parametrize(
    "given",
    [
        ["floor area=100", "rooms=4"],
        ["rooms=4", "floor area=100"],
        ["floor area=100,rooms=4"],
        [" floor area = 1e2 , rooms = 4 "],
    ],
    ids=str,
)
def test_a_case_of_several_columns(pellucid, houses, given):
    words = [word for text in given for word in ("--set", text)]
    assert pellucid("predict", houses, *words).out == "price = 120000\n"


def test_names_with_commas(pellucid, folder):
    (folder / "t.csv").write_text('"size, in m",y\n1,2\n2,4\n')
    pellucid("fit", "t.csv", "--target", "y")
    assert pellucid("predict", "t.safetensors", "--set", "size, in m=5").out == "y = 10\n"


INCOMPLETE = "the case is not complete: expected a number for each of 'floor area', 'rooms'"


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (["floor area=1"], f"{INCOMPLETE}, received 'floor area'; try --set 'rooms=NUMBER' as well."),
        (["room=2"], "no column is called 'room': expected one of 'floor area', 'rooms', received 'room'"),
        (["rooms"], "--set 'rooms' cannot be used: expected COLUMN=NUMBER"),
        (["rooms=two"], "'rooms' cannot be 'two': expected a number, received 'two'."),
        (["rooms=2,5"], "'rooms' cannot be '2,5': expected a number, received '2,5'; try rooms=2.5."),
        (["rooms=nan"], "'rooms' cannot be 'nan': expected a number"),
        (["rooms=1", "rooms=2"], "the column 'rooms' has two numbers"),
    ],
    ids=str,
)
def test_bad_cases(pellucid, houses, given, complaint):
    words = [word for text in given for word in ("--set", text)]
    done = pellucid("predict", houses, *words)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"pellucid: {complaint}")


# ------------------------------------------------------------ tables
def test_a_table_comes_back_with_the_answers(pellucid, houses, write):
    table = write("new.csv", id=[7, 8], rooms=[1, 2], floor_area=[10, 20.5])
    done = pellucid("predict", houses, table)
    assert (done.code, done.err) == (0, "")
    rows = list(csv.reader(done.out.splitlines()))
    assert rows[0] == ["id", "rooms", "floor area", "predicted price"]
    assert [row[:3] for row in rows[1:]] == [["7", "1", "10"], ["8", "2", "20.5"]]
    np.testing.assert_allclose([float(row[3]) for row in rows[1:]], [15_000, 30_500])


def test_answers_are_written_to_the_last_bit(pellucid, celsius):
    rows = list(csv.DictReader(pellucid("predict", celsius, "celsius.csv").out.splitlines()))
    written = [float(row["predicted fahrenheit"]) for row in rows]
    predicted = load_model(celsius).predict([float(row["celsius"]) for row in rows], verbose=0)
    assert written == predicted[:, 0].tolist()


def test_says_how_good_the_answers_are_where_it_can_know(pellucid, celsius, folder):
    done = pellucid("predict", celsius, "celsius.csv")
    assert done.err == "Typical error on these 7 rows: 0.2511 fahrenheit.\n"
    done = pellucid("predict", celsius, "celsius.csv", "--out", "answers.csv")
    assert done.out.splitlines() == [
        "Wrote 7 rows with the column 'predicted fahrenheit' into answers.csv.",
        "Typical error on these 7 rows: 0.2511 fahrenheit.",
    ]
    # What was written can be read again; the column of the answers is not doubled.
    before = (folder / "answers.csv").read_text()
    assert pellucid("predict", celsius, "answers.csv").out == before


def test_a_column_that_is_missing(pellucid, houses):
    done = pellucid("predict", houses, "celsius.csv")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "pellucid: 'celsius.csv' has no column 'floor area', which the model needs: "
        "expected 'floor area', 'rooms', received 'celsius', 'fahrenheit'.\n"
    )


# ------------------------------------------------------------ models that cannot answer
def test_a_model_without_names(pellucid):
    Sequential([Dense(1, input_shape=[1])]).save("own.safetensors")
    done = pellucid("predict", "own.safetensors", "--set", "x=1")
    assert done.code == 1
    assert "'own.safetensors' does not say which columns it was taught with" in done.err


def test_names_that_do_not_fit_the_model(pellucid, celsius):
    model = load_model(celsius)
    model.notes["columns of x"] = "a,b"
    model.save(celsius)
    done = pellucid("predict", celsius, "--set", "a=1,b=2")
    assert done.code == 1
    assert "is damaged: expected one input for each of 2 columns" in done.err


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


@pytest.mark.parametrize(
    "command", [("predict", "--set", "celsius=1"), ("source",)], ids=lambda words: words[0]
)
@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (truncated, "the model file 'm.safetensors' is damaged"),
        (lambda content: content[:-1], "the model file 'm.safetensors' is damaged"),
        (
            lambda content: b"",
            "'m.safetensors' is not a model file: expected a safetensors file, received an empty",
        ),
        (lambda content: b"celsius,fahrenheit\n", "'m.safetensors' is not a model file"),
        (lambda content: content.replace(b"pellucid 1", b"somebody 1"), "is not a model of Pellucid"),
        (None, "there is no file 'm.safetensors'"),
    ],
    ids=["truncated", "one byte short", "empty", "a table", "foreign", "missing"],
)
def test_bad_model_files(pellucid, celsius, folder, command, change, complaint):
    if change is not None:
        (folder / "m.safetensors").write_bytes(change((folder / celsius).read_bytes()))
    name, *words = command
    done = pellucid(name, "m.safetensors", *words)
    assert (done.code, done.out) == (1, "")
    assert complaint in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "give either a table, or a number for each column with --set COLUMN=NUMBER"),
        (("celsius.csv", "--set", "celsius=1"), "give either a table, or a number"),
        (("--set", "celsius=1", "--out", "o.csv"), "--out is for the answers to a table"),
    ],
)
def test_words_that_make_no_command(pellucid, words, complaint):
    done = pellucid("predict", "celsius.safetensors", *words)
    assert done.code == 2
    assert complaint in done.err
