"""Files of arrays: what is written comes back, and what is damaged or foreign is never taken for a model."""

from __future__ import annotations

import json
import os
import stat
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pellucid.errors import ArgumentError, DtypeError, ModelFileError
from pellucid.training import _safetensors
from pellucid.training._safetensors import Entry, MissingFileError, read, read_header, write

pytestmark = pytest.mark.slow

TYPES = ["?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", "c8"]

# One file, byte by byte: the length of the header, the header padded with one space to 72 bytes, the data.
HEADER = b'{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
SAMPLE = struct.pack("<Q", 80) + HEADER + b" " + struct.pack("<2f", 1.5, -2.0)


def put(path, header, data=b""):
    """Write a file with this header, given as JSON or as bytes."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def same(left, right):
    assert left.keys() == right.keys()
    for name, array in left.items():
        assert array.dtype == right[name].dtype
        assert array.shape == right[name].shape
        assert array.tobytes() == right[name].tobytes()


def texts():
    return st.text(st.characters(exclude_categories=["Cs"]))


def arrays():
    shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3)
    return st.sampled_from(TYPES).flatmap(lambda code: hnp.arrays(code, shapes))


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A place for the files of a property, which tries many of them in one test."""
    return tmp_path_factory.mktemp("files") / "model.safetensors"


@given(
    st.dictionaries(texts().filter(lambda name: name != "__metadata__"), arrays(), max_size=4),
    st.dictionaries(texts(), texts(), max_size=3),
)
def test_what_is_written_comes_back(file, tensors, metadata):
    write(file, tensors, metadata)
    read_tensors, read_metadata = read(file)
    same(tensors, read_tensors)
    assert read_metadata == metadata


@pytest.mark.parametrize("code", TYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3)])
def test_every_type_and_kind_of_shape_comes_back(tmp_path, code, shape):
    tensor = np.arange(6)[: np.prod(shape, dtype=int)].reshape(shape).astype(code)
    write(tmp_path / "m", {"w": tensor})
    same({"w": tensor}, read(tmp_path / "m")[0])


def test_the_bytes_of_a_file(tmp_path):
    write(tmp_path / "m", {"w": np.array([1.5, -2.0], "f4")}, {"a": "b"})
    assert (tmp_path / "m").read_bytes() == SAMPLE


def test_arrays_of_any_layout_are_written_row_by_row_and_little_endian(tmp_path):
    plain = np.arange(6, dtype="f8").reshape(2, 3)
    layouts = {
        "big": plain.astype(">f8"),
        "columns": np.asfortranarray(plain),
        "strided": np.repeat(plain, 2, axis=1)[:, ::2],
    }
    write(tmp_path / "m", layouts)
    same(dict.fromkeys(layouts, plain), read(tmp_path / "m")[0])


def test_every_array_lies_at_a_multiple_of_its_item_size(tmp_path):
    tensors = {code: np.ones(3, code) for code in TYPES}
    write(tmp_path / "m", tensors)
    header = read_header(tmp_path / "m")
    assert header.data_start % 8 == 0
    assert all(entry.start % entry.dtype.itemsize == 0 for entry in header.entries.values())


def test_the_header_can_be_read_alone(tmp_path):
    (tmp_path / "m").write_bytes(SAMPLE)
    header = read_header(tmp_path / "m")
    assert header.metadata == {"a": "b"}
    assert header.entries == {"w": Entry(np.dtype("f4"), (2,), 0, 8)}
    assert header.data_start == 88


def test_a_file_of_nothing(tmp_path):
    write(tmp_path / "m", {})
    assert read(tmp_path / "m") == ({}, {})


def test_the_reader_may_refuse_before_memory_is_taken_for_any_array(tmp_path, monkeypatch):
    def fail(*arguments):
        raise MemoryError

    (tmp_path / "m").write_bytes(SAMPLE)
    monkeypatch.setattr(np, "empty", fail)
    with pytest.raises(
        ModelFileError, match=r"expected 'w' with shape \(3,\) and dtype uint8, received shape"
    ):
        read(tmp_path / "m", lambda header: header.require({"w": ((3,), "u1")}))
    with pytest.raises(MemoryError):
        read(tmp_path / "m", lambda header: header.require({"w": ((2,), "f4")}))


@pytest.mark.parametrize(
    ("expected", "complaint"),
    [
        ({}, "also 'w'"),
        ({"w": ((2,), "f4"), "b": ((1,), "f4")}, "one called 'b', received none"),
        ({"w": ((2, 1), "f4")}, r"'w' with shape \(2, 1\) and dtype float32, received shape \(2,\)"),
        ({"w": ((2,), np.float64)}, "dtype float64, received shape .* dtype float32"),
    ],
)
def test_arrays_are_held_against_an_architecture(tmp_path, expected, complaint):
    (tmp_path / "m").write_bytes(SAMPLE)
    header = read_header(tmp_path / "m")
    header.require({"w": ([2], np.float32)})
    with pytest.raises(ModelFileError, match=complaint):
        header.require(expected)


def test_every_truncation_is_noticed(file):
    for length in range(len(SAMPLE)):
        file.write_bytes(SAMPLE[:length])
        with pytest.raises(ModelFileError):
            read(file)


@given(st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(1, 255)), min_size=1, max_size=4))
def test_flipped_bytes_are_noticed_or_harmless(file, flips):
    damaged = bytearray(SAMPLE)
    for place, bits in flips:
        damaged[place] ^= bits
    file.write_bytes(damaged)
    try:
        tensors, metadata = read(file)
    except ModelFileError:
        return
    write(file, tensors, metadata)  # another file, but a well-formed one
    same(tensors, read(file)[0])


@given(st.binary(max_size=200))
def test_random_files_are_refused(file, content):
    file.write_bytes(content)
    with pytest.raises(ModelFileError):
        read(file)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["F32", "U8"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(JSON, JSON, JSON, JSON)
def test_random_headers_are_refused_or_read(file, dtype, shape, offsets, metadata):
    fields = {"dtype": dtype, "shape": shape, "data_offsets": offsets}
    put(file, {"__metadata__": metadata, "w": fields}, b"12345678")
    try:
        tensors, _ = read(file)
    except ModelFileError:
        return
    assert tensors["w"].nbytes == 8


def of(dtype="F32", shape=(2,), offsets=(0, 8), **more):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets), **more}


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        (b'{"w": ', "expected a header in JSON"),
        (b"{\xff}", "expected a header in JSON"),
        (b'{"w":' + b"[" * 100_000, "expected a header in JSON"),
        (b'{"w": 1' + b"0" * 5000 + b"}", "expected a header in JSON"),
        (b'{"a": {}, "a": {}}', "a name stands twice"),
        ({"__metadata__": {"a": 1}}, "expected metadata of names and texts, received {'a': 1}"),
        ({"__metadata__": ["a"]}, "expected metadata of names and texts"),
        ({"__metadata__": None}, "expected metadata of names and texts"),
        ({"w": 3}, "expected dtype, shape and two data_offsets of 'w', received 3"),
        ({"w": {"dtype": "F32", "shape": [2]}}, "two data_offsets of 'w'"),
        ({"w": of(offsets=(0, 4, 8))}, "two data_offsets of 'w'"),
        ({"w": of(shape=(-2,))}, "shape and two data_offsets of 'w'"),
        ({"w": of(shape=(2.0,))}, "shape and two data_offsets of 'w'"),
        ({"w": of(shape=(True, 2))}, "shape and two data_offsets of 'w'"),
        ({"w": of(dtype=4)}, "dtype, shape and two data_offsets of 'w'"),
        ({"w": of(dtype="BF16", shape=(4,))}, "'w' of a type that NumPy has .*, received 'BF16'"),
        ({"w": of(shape=(3,))}, "expected 'w' in 8 bytes"),
        ({"w": of(offsets=(8, 0))}, "expected 'w' in -8 bytes"),
        ({"w": of(shape=(2**62, 4), offsets=(0, 0))}, "expected 'w' in 0 bytes"),  # 2**66 bytes: 0 in 64 bits
        ({"w": of(shape=(0, 2**63), offsets=(0, 0))}, "expected 'w' in 0 bytes"),
        ({"w": of(shape=(1,) * 64 + (2,))}, "expected 'w' in 8 bytes"),
        ({"w": of(offsets=(1, 9))}, "expected 'w' at 0, received it at 1"),
        ({"v": of(), "w": of(offsets=(4, 12))}, "expected 'w' at 8, received it at 4"),
        ({"v": of(), "w": of()}, "expected 'w' at 8, received it at 0"),
        ({"v": of(), "w": of(offsets=(12, 20))}, "expected 'w' at 8, received it at 12"),
        ({"v": of(), "w": of(offsets=(8, 16))}, "expected 16 bytes of data, received 8"),
        ({"w": of(shape=(1,), offsets=(0, 4))}, "expected 4 bytes of data, received 8"),
        ({}, "expected 0 bytes of data, received 8"),
        ({"w": of(dtype="BOOL", shape=(8,))}, "expected 0 and 1 in 'w', received other bytes"),
    ],
)
def test_headers_that_are_wrong(tmp_path, header, complaint):
    path = put(tmp_path / "m", header, b"12345678")
    with pytest.raises(ModelFileError, match=complaint) as caught:
        read(path)
    assert repr(str(path)) in str(caught.value)


@pytest.mark.parametrize("length", [81, 100_000_001, 2**63, 2**64 - 1])
def test_a_header_longer_than_the_file_or_than_any_is_refused(tmp_path, length):
    (tmp_path / "m").write_bytes(struct.pack("<Q", length) + SAMPLE[8:80])
    with pytest.raises(ModelFileError):
        read_header(tmp_path / "m")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "an empty file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG image"),
        (b"\x89HDF\r\n\x1a\n\0\0\0\0", "an HDF5 file"),
        (b"PK\x03\x04\x14\0\0\0\x08\0", "a zip archive, such as a .keras file"),
        (b"\x80\x04\x95\x1a\0\0\0\0\0\0\0", "a pickle"),
        (b"celsius,fahrenheit\n-40,-40\n", "a file that begins with b'celsius,'"),
        (b"abc", "a file that begins with b'abc'"),
    ],
)
def test_foreign_files_are_called_by_their_names(tmp_path, content, kind):
    (tmp_path / "m").write_bytes(content)
    with pytest.raises(
        ModelFileError, match=f"is not a model file: expected a safetensors file, received {kind}"
    ):
        read(tmp_path / "m")


def test_a_folder_is_no_model_file(tmp_path):
    with pytest.raises(ModelFileError, match="expected a regular file, received a folder"):
        read(tmp_path)
    with pytest.raises(ModelFileError, match="expected a regular file, received a folder"):
        write(tmp_path, {})
    assert not list(tmp_path.iterdir())


def test_a_device_is_no_model_file():
    with pytest.raises(ModelFileError, match="received a device or a pipe"):
        read(os.devnull)
    with pytest.raises(ModelFileError, match="received a device or a pipe"):
        write(os.devnull, {})


def test_a_missing_file_is_what_python_calls_it_too(tmp_path):
    for error in (FileNotFoundError, ModelFileError, MissingFileError, ValueError):
        with pytest.raises(error, match=r"^there is no file '.*gone'; try its whole path\.$"):
            read(str(tmp_path / "gone"))
    (tmp_path / "file").touch()
    with pytest.raises(MissingFileError):
        read(tmp_path / "file" / "below")


def test_a_missing_folder_is_told_before_anything_is_written(tmp_path):
    with pytest.raises(MissingFileError, match="expected an existing folder, received"):
        write(tmp_path / "gone" / "m", {})


@pytest.mark.parametrize("code", ["U3", "O", "M8[s]", "c16", "S1", [("x", "f4")]])
def test_types_that_the_format_has_not_are_refused(tmp_path, code):
    with pytest.raises(DtypeError, match=r"'w' cannot be saved: expected one of bool, uint8, .*, received"):
        write(tmp_path / "m", {"w": np.zeros(1, code)})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("tensors", "metadata"),
    [
        ({"__metadata__": np.zeros(1)}, {}),
        ({3: np.zeros(1)}, {}),
        ({}, {"a": 1}),
        ({}, {1: "a"}),
        ({"\ud800": np.zeros(1)}, {}),
    ],
)
def test_names_and_texts_that_cannot_be_written_are_refused(tmp_path, tensors, metadata):
    with pytest.raises(ArgumentError, match="cannot be saved: expected") as caught:
        write(tmp_path / "m", tensors, metadata)
    assert len(str(caught.value)) < 400
    assert not list(tmp_path.iterdir())


def test_a_header_that_no_reader_would_accept_is_not_written(tmp_path, monkeypatch):
    write(tmp_path / "m", {}, {"a": "b" * 1000})
    monkeypatch.setattr(_safetensors, "_LONGEST_HEADER", 1000)
    with pytest.raises(ArgumentError, match="expected at most 1000 bytes, received 1032"):
        write(tmp_path / "n", {}, {"a": "b" * 1000})
    with pytest.raises(ModelFileError):
        read(tmp_path / "m")


@pytest.mark.parametrize("error", [OSError("no space left"), KeyboardInterrupt()])
def test_when_writing_fails_the_old_file_is_still_there_and_nothing_else(tmp_path, monkeypatch, error):
    (tmp_path / "m").write_bytes(SAMPLE)

    def fail(descriptor):
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(type(error)):
        write(tmp_path / "m", {"other": np.zeros(1000)})
    assert (tmp_path / "m").read_bytes() == SAMPLE
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


@pytest.mark.skipif(os.name != "posix", reason="permissions and links as POSIX has them")
def test_permissions_and_links_stay_as_they_are(tmp_path):
    (tmp_path / "m").write_bytes(b"old")
    (tmp_path / "m").chmod(0o640)
    (tmp_path / "link").symlink_to("m")
    write(tmp_path / "link", {})
    assert (tmp_path / "link").is_symlink()
    assert read(tmp_path / "m") == ({}, {})
    assert stat.S_IMODE((tmp_path / "m").stat().st_mode) == 0o640


def test_a_file_that_shrinks_while_it_is_read_is_noticed(tmp_path):
    write(tmp_path / "m", {"w": np.zeros(1_000_000)})
    with pytest.raises(ModelFileError, match="expected 8000000 bytes of 'w', received fewer"):
        read(tmp_path / "m", lambda header: os.truncate(tmp_path / "m", 1000))
