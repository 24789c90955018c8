"""CSV files as people and programs write them, and one clear sentence for each way they go wrong."""

from __future__ import annotations

import csv
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pellucid.data import tables
from pellucid.data.tables import Table, read_table
from pellucid.errors import DataError, PellucidError, ShapeError, UnknownNameError


@pytest.fixture
def write(tmp_path):
    """Write a file of the given text or bytes and give its path."""

    def write_file(content):
        path = tmp_path / "t.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,2\n3.5,-4e2\n",
        "a,b\n1,2\n3.5,-4e2",
        "a;b\n1;2\n3.5;-4e2\n",
        "a\tb\n1\t2\n3.5\t-4e2\n",
        "a,b\r\n1,2\r\n3.5,-4e2\r\n",
        "a,b\r1,2\r3.5,-4e2\r",
        b"\xef\xbb\xbfa,b\n1,2\n3.5,-4e2\n",
        b'\xef\xbb\xbf"a","b"\n"1","2"\n"3.5","-4e2"\n',
        " a , b \n 1 , 2 \n\t3.5 ,\t-4e2 \n",
        '"a", "b"\n"1", "2"\n"3.5", "-4e2"\n',
        "\n\na,b\n\n1,2\n\n\n3.5,-4e2\n\n",
        "  \na,b\n \t \n1,2\n3.5,-4e2\n,\n , \n",
        "a,b\n+1.0,2.\n35e-1,-400\n",
    ],
)
def test_reads_the_same_numbers_however_they_are_written(write, content):
    table = read_table(write(content))
    assert table.columns == ("a", "b")
    assert table.values.dtype == np.float64
    assert table.values.tolist() == [[1, 2], [3.5, -400]]


@pytest.mark.parametrize(
    ("content", "columns", "rows"),
    [
        ("a\n1\n2\n", ("a",), [[1], [2]]),
        ("a\n\n1\n\n", ("a",), [[1]]),
        ('"size, in m";price (now, €)\n1;2\n', ("size, in m", "price (now, €)"), [[1, 2]]),
        ("length, width;height\n1;2\n", ("length, width", "height"), [[1, 2]]),
        ('"two\nlines",b\n1,2\n', ("two\nlines", "b"), [[1, 2]]),
        ('"say ""a""",b\n1,2\n', ('say "a"', "b"), [[1, 2]]),
        ("a,2020\n1,2\n", ("a", "2020"), [[1, 2]]),
        ("a,1_0\n1,2\n", ("a", "1_0"), [[1, 2]]),
        ("1_0\n1\n", ("1_0",), [[1]]),
        ("温度,b\n1,2\n", ("温度", "b"), [[1, 2]]),
        ("a,A\n1,2\n", ("a", "A"), [[1, 2]]),
        ("a,b\n0.1,1e308\n", ("a", "b"), [[0.1, 1e308]]),
    ],
)
def test_reads_unusual_tables(write, content, columns, rows):
    table = read_table(write(content))
    assert table.columns == columns
    assert table.values.tolist() == rows


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "{} is empty: expected a line of column names above lines of numbers, received no text."),
        (
            "\n \n\r\n",
            "{} is empty: expected a line of column names above lines of numbers, received no text.",
        ),
        (
            b"\xef\xbb\xbf",
            "{} is empty: expected a line of column names above lines of numbers, received no text.",
        ),
        ("a,b\n", "{} has a header but no rows: expected numbers under 'a', 'b'."),
        ("a,b\n\n,\n", "{} has a header but no rows: expected numbers under 'a', 'b'."),
        (
            "1,2\n3,4\n",
            (
                "{} has no header: expected the names of the columns in its first line, "
                "received numbers: 1, 2; try writing a line of names above them."
            ),
        ),
        ("a,,c\n1,2,3\n", "column 2 of {} has no name: expected 3 names, one for each column."),
        (
            "a,b,a\n1,2,3\n",
            (
                "two columns of {} are called 'a': expected a name of its own for every column, "
                "received 'a', 'b', 'a'."
            ),
        ),
        (
            "a,b\n1,2\n3,cold\n",
            (
                "line 3 of {} has no number in column 'b': expected a finite number, received 'cold'; "
                "try filling in the cell, or leaving out the line or the column."
            ),
        ),
        (
            "a,b\n1,\n",
            (
                "line 2 of {} has no number in column 'b': expected a finite number, received an empty cell; "
                "try filling in the cell, or leaving out the line or the column."
            ),
        ),
        (
            "a;b\n1;2,5\n",
            (
                "line 2 of {} has no number in column 'b': expected a finite number, received '2,5'; "
                "try a decimal point, and nothing between the thousands."
            ),
        ),
        (
            'a,b\n1,"1,000.5"\n',
            (
                "line 2 of {} has no number in column 'b': expected a finite number, received '1,000.5'; "
                "try a decimal point, and nothing between the thousands."
            ),
        ),
        (
            "a,b\n1,20 km\n",
            (
                "line 2 of {} has no number in column 'b': expected a finite number, received '20 km'; "
                "try writing it as a plain number such as 21.5."
            ),
        ),
        ("a,b\n1,2\n3\n", "line 3 of {} does not fit the header: expected 2 cells, received 1."),
        ("a,b\n1,2,3\n", "line 2 of {} does not fit the header: expected 2 cells, received 3."),
        ("a,b\n1,2,3\n4,5,6\n", "line 2 of {} does not fit the header: expected 2 cells, received 3."),
    ],
)
def test_faults_are_one_clear_sentence(write, content, sentence):
    path = write(content)
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert str(caught.value) == sentence.format(repr(str(path)))


@pytest.mark.parametrize(
    "text", ["nan", "NaN", "inf", "-Infinity", "1e999", "NA", "1_000", "0x10", "#", "1 2"]
)
def test_what_is_not_a_finite_number_is_refused(write, text):
    with pytest.raises(DataError, match=f"line 3 of .* has no number in column 'b'.* received '{text}'"):
        read_table(write(f"a,b\n1,2\n3,{text}\n"))


@pytest.mark.parametrize(
    "content",
    ["a\n\n \n1\nx\n", '"the\n\n\nname"\nx\n', "\r\n\r\na\r\n1\r\nx", '\n\n\na\n"x"', '\na\n"1\n"\nx\n'],
)
def test_lines_are_counted_as_an_editor_counts_them(write, content):
    with pytest.raises(DataError, match=r"line 5 of .* received 'x'"):
        read_table(write(content))


def test_long_texts_are_shortened(write):
    with pytest.raises(DataError) as caught:
        read_table(write("a\n" + "x" * 100_000 + "\n"))
    assert "received 'xxxxx" in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_missing_file_is_named_with_its_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError) as caught:
        read_table("cel.csv")
    place = repr(str(tmp_path / "cel.csv"))
    assert (
        str(caught.value) == f"there is no file 'cel.csv': expected the path of a CSV file, received {place}."
    )


def test_a_folder_is_not_a_table(tmp_path):
    with pytest.raises(DataError, match="cannot be read: expected a CSV file"):
        read_table(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        "größe,b\n1,2\n".encode("latin-1"),
        "a,b\n1,2\n".encode("utf-16"),
        b"a,b\n" + b"1,2\n" * 10_000 + b"\xff,1\n",
    ],
)
def test_other_encodings_are_refused(write, content):
    with pytest.raises(
        DataError, match=r"is not a text file in UTF-8.* try exporting it again as 'CSV UTF-8'"
    ):
        read_table(write(content))


def test_an_open_quote_is_found(write):
    with pytest.raises(DataError, match=r"line 2 of .* expected every quote to be closed"):
        read_table(write('a,b\n1,"2\n' + "3,4\n" * 50_000))


def test_a_faultless_table_is_never_read_cell_by_cell(write, monkeypatch):
    monkeypatch.setattr(tables, "_read_carefully", None)
    rows = "".join(f"{number},{number / 8}\r\n" for number in range(5000))
    table = read_table(write("a,b\r\n" + rows + "\r\n,\r\n"))
    np.testing.assert_array_equal(table.column("b"), np.arange(5000) / 8)


names = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8
).filter(lambda name: name == name.strip() and tables._number(name) is None)
finite = st.floats(allow_nan=False, allow_infinity=False)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.data(),
    separator=st.sampled_from(",;\t"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_the_csv_module_writes_is_read_back_exactly(tmp_path, data, separator, quoting):
    columns = data.draw(st.lists(names, min_size=2, max_size=4, unique=True))
    row = st.lists(finite, min_size=len(columns), max_size=len(columns))
    rows = data.draw(st.lists(row, min_size=1, max_size=5))
    path = tmp_path / "t.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=separator, quoting=quoting).writerows([columns, *rows])
    table = read_table(path)
    assert table.columns == tuple(columns)
    assert table.values.tolist() == rows


def outcome(path):
    """What reading a file comes to: its table, or the sentence that refuses it."""
    try:
        table = read_table(path)
    except PellucidError as error:
        return str(error)
    return table.columns, table.values.tolist()


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.sampled_from("0123456789.,;\"'#- +\n\r\tenaifx_\ufeff\x0b\x1c\xa0\u2028\0"), max_size=30)
)
def test_the_fast_reading_agrees_with_the_careful_one(tmp_path, text):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n" + text.encode())
    fast = outcome(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "_read_fast", lambda *_: None)
        assert fast == outcome(path)


@given(content=st.binary(max_size=60))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_table_or_a_clear_refusal(tmp_path, content):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = outcome(path)
    assert isinstance(result, str) or len(result[1]) > 0


def test_columns_by_name():
    table = Table(["a", "b", "c"], [[1, 2, 3], [4, 5, 6]])
    assert len(table) == 2
    assert repr(table) == "Table(columns=('a', 'b', 'c'), rows=2)"
    assert table.column("b").tolist() == [2, 5]
    chosen = table.select(["c", "a"])
    assert chosen.columns == ("c", "a")
    assert chosen.values.tolist() == [[3, 1], [6, 4]]
    features, target = table.split("b")
    assert features.columns == ("a", "c")
    assert features.values.tolist() == [[1, 3], [4, 6]]
    assert target.tolist() == [2, 5]


def test_an_unknown_column_is_answered_with_the_names_there_are():
    table = Table(["celsius", "fahrenheit"], [[0, 32]])
    for ask in (table.column, table.split, lambda name: table.select([name])):
        with pytest.raises(UnknownNameError) as caught:
            ask("Farenheit")
        assert str(caught.value) == (
            "no column is called 'Farenheit': expected one of 'celsius', 'fahrenheit', "
            "received 'Farenheit'; try 'fahrenheit'."
        )


def test_a_target_needs_something_to_be_learnt_from():
    with pytest.raises(DataError, match="there is nothing to learn 'a' from"):
        Table(["a"], [[1]]).split("a")


def test_a_table_needs_values_that_fit_its_names():
    with pytest.raises(ShapeError, match=r"expected shape \(rows, 2\), received shape \(1, 3\)"):
        Table(["a", "b"], [[1, 2, 3]])
    with pytest.raises(ShapeError, match=r"received shape \(2,\)"):
        Table(["a", "b"], [1, 2])
    with pytest.raises(DataError, match="two columns of the table are called 'a'"):
        Table(["a", "a"], [[1, 2]])
    with pytest.raises(DataError, match="column 2 of the table has no name"):
        Table(["a", ""], [[1, 2]])
