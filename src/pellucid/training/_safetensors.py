"""Read and write named arrays in the safetensors format: data only, nothing that can run.

    8 bytes     length of the header, little-endian
    header      JSON: {"__metadata__": {"key": "text", ...},
                       "name": {"dtype": "F32", "shape": [4, 8], "data_offsets": [0, 128]}, ...}
    data        the arrays' bytes, little-endian, row by row, end to end without gaps

Reading trusts nothing: the header is checked as a whole, and can be held against what the reader expects,
before memory is taken for any array.

Source:
    https://github.com/huggingface/safetensors, section "Format"
"""

from __future__ import annotations

import math
import os
import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from io import BufferedReader
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from pellucid.errors import ArgumentError, DtypeError, ModelFileError

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

__all__ = ["Entry", "Header", "MissingFileError", "read", "read_header", "write"]

# The format's types that NumPy has, and NumPy's names for them.
_TYPES: Final = {
    "BOOL": "b1",
    "U8": "u1",
    "I8": "i1",
    "U16": "u2",
    "I16": "i2",
    "U32": "u4",
    "I32": "i4",
    "U64": "u8",
    "I64": "i8",
    "F16": "f2",
    "F32": "f4",
    "F64": "f8",
    "C64": "c8",
}
_TYPE_NAMES: Final = {code: name for name, code in _TYPES.items()}
_METADATA: Final = "__metadata__"
_LONGEST_HEADER: Final = 100_000_000  # the limit of the reference implementation
_MOST_AXES: Final = 64  # NumPy's

_FOREIGN_FILES: Final = {
    b"\x89PNG": "a PNG image",
    b"\x89HDF": "an HDF5 file, such as Keras wrote as .h5",
    b"PK\x03\x04": "a zip archive, such as a .keras file or a spreadsheet",
    b"\x93NUM": "a NumPy array file",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF document",
    b"\x80": "a pickle, which could run code",
}


class MissingFileError(ModelFileError, FileNotFoundError):
    """There is no file of this name, or no folder to write it in; it is a FileNotFoundError as well."""


class Entry(NamedTuple):
    """What the header says of one array; start and stop are counted from the beginning of the data."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    start: int
    stop: int


class Header(NamedTuple):
    """What a file holds: its metadata, and which arrays, checked but not read."""

    path: str
    metadata: dict[str, str]
    entries: dict[str, Entry]
    data_start: int

    def require(self, expected: Mapping[str, tuple[Sequence[int], DTypeLike]]) -> None:
        """Refuse the file unless it holds exactly the expected arrays.

        Args:
            expected: shape and dtype by name.
        Raises:
            ModelFileError: if an array is missing, unknown, or of another shape or dtype.
        """
        what = f"the arrays in {self.path!r} do not fit the architecture"
        for name in self.entries:
            if name not in expected:
                raise ModelFileError(what, expected="none but those of the layers", received=f"also {name!r}")
        for name, (shape, dtype) in expected.items():
            entry = self.entries.get(name)
            if entry is None:
                raise ModelFileError(what, expected=f"one called {name!r}", received="none of that name")
            if (entry.shape, entry.dtype) != (tuple(shape), np.dtype(dtype)):
                raise ModelFileError(
                    what,
                    expected=f"{name!r} with shape {tuple(shape)} and dtype {np.dtype(dtype)}",
                    received=f"shape {entry.shape} and dtype {entry.dtype}",
                )


def read_header(path: str | os.PathLike[str]) -> Header:
    """Read what a file says of its arrays, without reading them.

    Args:
        path: the file.
    Returns:
        The header, of which every statement has been checked.
    Raises:
        MissingFileError: if there is no such file.
        ModelFileError: if it is anything but an undamaged safetensors file.
    """
    with _opened(os.fspath(path)) as file:
        return _header(file, os.fspath(path))


def read(
    path: str | os.PathLike[str], check: Callable[[Header], object] | None = None
) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Read all arrays and the metadata of a file.

    Args:
        path: the file.
        check: called with the header before any array is read; it raises to refuse the file.
    Returns:
        The arrays by name, in the header's order, and the metadata.
    Raises:
        MissingFileError: if there is no such file.
        ModelFileError: if it is anything but an undamaged safetensors file.
    """
    with _opened(os.fspath(path)) as file:
        header = _header(file, os.fspath(path))
        if check is not None:
            check(header)
        return {name: _array(file, header, name) for name in header.entries}, header.metadata


def write(
    path: str | os.PathLike[str],
    tensors: Mapping[str, NDArray[Any]],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write arrays and metadata to a file, whole or not at all.

    The file appears under its name when all of it is on the disk; until then, and if writing fails, whatever
    had that name stays as it was.

    Args:
        path: the file; one that exists is replaced and keeps its permissions.
        tensors: the arrays by name.
        metadata: texts by name.
    Raises:
        ArgumentError: if a name or a text cannot be written.
        DtypeError: if the format has no type for an array.
        MissingFileError: if there is no such folder.
        ModelFileError: if the path is that of a folder or a device.
    """
    arrays = {name: np.asarray(tensor, order="C") for name, tensor in tensors.items()}
    # Wide types first: then each array lies at a multiple of its item's size, for readers that map the file.
    arrays = dict(sorted(arrays.items(), key=lambda item: -item[1].itemsize))
    header = _encoded_header(arrays, metadata or {})

    target = os.path.realpath(path)  # a link stays a link
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        raise MissingFileError(
            f"{target!r} cannot be written", expected="an existing folder", received=folder
        )
    mode = _mode(target) if os.path.exists(target) else None
    temporary = os.path.join(folder, f".pellucid-{os.urandom(8).hex()}.tmp")
    try:
        with open(temporary, "xb") as file:
            if mode is not None:
                os.chmod(temporary, stat.S_IMODE(mode))
            file.write(header)
            file.writelines(_bytes_of(_little_endian(array)) for array in arrays.values())
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    finally:
        with suppress(FileNotFoundError):  # it has the target's name now, unless something failed
            os.remove(temporary)


def _encoded_header(arrays: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> bytes:
    import json

    if _METADATA in arrays or not all(
        isinstance(text, str) for text in (*arrays, *metadata, *metadata.values())
    ):
        raise _unwritable(
            expected=f"text everywhere, and no array called {_METADATA!r}",
            received=_short([*arrays, dict(metadata)]),
        )
    document: dict[str, Any] = {_METADATA: dict(metadata)} if metadata else {}
    start = 0
    for name, array in arrays.items():
        stop = start + array.nbytes
        document[name] = {
            "dtype": _type_name(name, array.dtype),
            "shape": array.shape,
            "data_offsets": (start, stop),
        }
        start = stop
    try:
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        raise _unwritable(
            expected="text in Unicode", received=repr(error.object[error.start : error.end])
        ) from error
    text += b" " * (-len(text) % 8)  # so that the data begins at a multiple of 8
    if len(text) > _LONGEST_HEADER:
        raise _unwritable(expected=f"at most {_LONGEST_HEADER} bytes", received=str(len(text)))
    return len(text).to_bytes(8, "little") + text


def _type_name(name: str, dtype: np.dtype[Any]) -> str:
    code = f"{dtype.kind}{dtype.itemsize}"
    if code not in _TYPE_NAMES:
        known = ", ".join(str(np.dtype(code)) for code in _TYPE_NAMES)
        raise DtypeError(f"{name!r} cannot be saved", expected=f"one of {known}", received=str(dtype))
    return _TYPE_NAMES[code]


def _mode(path: str) -> int:
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingFileError(f"there is no file {path!r}", attempt="its whole path") from error
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "a device or a pipe"
        raise ModelFileError(f"{path!r} is not a model file", expected="a regular file", received=kind)
    return mode


def _opened(path: str) -> BufferedReader:
    _mode(path)  # before opening: to open a pipe would wait for somebody to write into it
    return open(path, "rb")


def _header(file: BufferedReader, path: str) -> Header:
    size = os.fstat(file.fileno()).st_size
    beginning = file.read(9)
    length = int.from_bytes(beginning[:8], "little")
    if len(beginning) < 9 or beginning[8:] != b"{" or length > _LONGEST_HEADER:
        raise ModelFileError(
            f"{path!r} is not a model file",
            expected="a safetensors file",
            received=_kind_of(beginning),
            attempt="a file that model.save wrote",
        )
    if length > size - 8:
        raise _damaged(path, expected=f"a header of {length} bytes", received=f"{size - 8}")
    file.seek(8)
    document = _parsed(file.read(length), path)
    metadata = document.pop(_METADATA, {})
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        raise _damaged(path, expected="metadata of names and texts", received=_short(metadata))
    entries = {name: _entry(name, fields, path) for name, fields in document.items()}
    _check_extents(entries, size - 8 - length, path)
    return Header(path, metadata, entries, 8 + length)


def _parsed(text: bytes, path: str) -> dict[str, Any]:
    import json

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a name stands twice in it")
        return dict(pairs)

    try:
        document: dict[str, Any] = json.loads(text.decode(), object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, expected="a header in JSON", received=f"something else ({error})") from error
    return document  # an object, for it begins with "{"


def _entry(name: str, fields: object, path: str) -> Entry:
    match fields:
        case {"dtype": str(type_name), "shape": [*sizes], "data_offsets": [start, stop]}:
            numbers = [*sizes, start, stop]
        case _:
            numbers = [None]
    # A bool is an int in Python, and neither a size nor an offset.
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise _damaged(
            path, expected=f"dtype, shape and two data_offsets of {name!r}", received=_short(fields)
        )
    if type_name not in _TYPES:
        raise ModelFileError(
            f"{path!r} cannot be read",
            expected=f"{name!r} of a type that NumPy has ({', '.join(_TYPES)})",
            received=_short(type_name),
        )
    dtype = np.dtype(_TYPES[type_name])
    # NumPy refuses an empty array of impossible sizes too: shape (0, 2**63).
    room = (
        len(sizes) <= _MOST_AXES and math.prod(size or 1 for size in sizes) <= sys.maxsize // dtype.itemsize
    )
    if not room or math.prod(sizes) * dtype.itemsize != stop - start:
        raise _damaged(path, expected=f"{name!r} in {_short(stop - start)} bytes", received=_short(fields))
    return Entry(dtype, tuple(sizes), start, stop)


def _check_extents(entries: Mapping[str, Entry], data_size: int, path: str) -> None:
    place = 0
    for name, entry in sorted(entries.items(), key=lambda item: (item[1].start, item[1].stop)):
        if entry.start != place:
            raise _damaged(path, expected=f"{name!r} at {place}", received=f"it at {_short(entry.start)}")
        place = entry.stop
    if place != data_size:
        raise _damaged(path, expected=f"{place} bytes of data", received=f"{data_size}")


def _array(file: BufferedReader, header: Header, name: str) -> NDArray[Any]:
    entry = header.entries[name]
    array = np.empty(entry.shape, entry.dtype.newbyteorder("<"))
    raw = _bytes_of(array)
    file.seek(header.data_start + entry.start)
    if file.readinto(raw) != array.nbytes:
        raise _damaged(header.path, expected=f"{array.nbytes} bytes of {name!r}", received="fewer")
    if entry.dtype == np.bool_ and np.any(np.frombuffer(raw, np.uint8) > 1):
        raise _damaged(header.path, expected=f"0 and 1 in {name!r}", received="other bytes")
    return array.astype(entry.dtype, copy=False)


def _little_endian(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def _bytes_of(array: NDArray[Any]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data


def _kind_of(beginning: bytes) -> str:
    for mark, kind in _FOREIGN_FILES.items():
        if beginning.startswith(mark):
            return kind
    if not beginning:
        return "an empty file"
    return f"a file that begins with {beginning[:8]!r}"


def _damaged(path: str, *, expected: str, received: str) -> ModelFileError:
    return ModelFileError(
        f"the model file {path!r} is damaged",
        expected=expected,
        received=received,
        attempt="another copy of it, or saving the model again",
    )


def _unwritable(*, expected: str, received: str) -> ArgumentError:
    what = "the names of arrays and the metadata cannot be saved"
    return ArgumentError(what, expected=expected, received=received)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:97]}..."
