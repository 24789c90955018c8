#include "arrays.h"

#include <bit>
#include <string_view>

#include "refuse.h"

namespace nb = nanobind;

namespace pellucid {

namespace {

// Python's module struct says what the letters of a format mean.
Dtype dtype_of(const Py_buffer& view) {
    std::string_view format = view.format != nullptr ? view.format : "B";
    constexpr char order = std::endian::native == std::endian::little ? '<' : '>';
    if (format.size() == 2 && (format[0] == '@' || format[0] == '=' || format[0] == order))
        format.remove_prefix(1);
    const char letter = format.size() == 1 ? format[0] : ' ';
    const bool is_signed = std::string_view("bhilq").find(letter) != std::string_view::npos;
    const bool is_unsigned = std::string_view("BHILQ").find(letter) != std::string_view::npos;
    if (letter == '?')
        return Dtype::boolean;
    if (letter == 'f')
        return Dtype::float32;
    if (letter == 'd')
        return Dtype::float64;
    if (is_signed || is_unsigned)
        switch (view.itemsize) {
        case 1: return is_signed ? Dtype::int8 : Dtype::uint8;
        case 2: return is_signed ? Dtype::int16 : Dtype::uint16;
        case 4: return is_signed ? Dtype::int32 : Dtype::uint32;
        case 8: return is_signed ? Dtype::int64 : Dtype::uint64;
        }
    refuse("an array has numbers of the format '", view.format, "', which no plan has.");
}

} // namespace

Arrays::~Arrays() {
    for (Py_buffer& view : views_)
        PyBuffer_Release(&view);
}

Array Arrays::add(nb::handle object, bool writable) {
    Py_buffer view;
    if (PyObject_GetBuffer(object.ptr(), &view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (writable ? PyBUF_WRITABLE : 0)) !=
        0)
        throw nb::python_error();
    views_.push_back(view);
    Array array;
    array.data = static_cast<std::byte*>(view.buf);
    array.dtype = dtype_of(view);
    array.numbers = view.len / view.itemsize;
    array.length = view.ndim > 0 ? view.shape[0] : 1;
    return array;
}

} // namespace pellucid
