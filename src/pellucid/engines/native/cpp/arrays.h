// NumPy's arrays, by Python's buffer protocol.
#pragma once

#include <nanobind/nanobind.h>

#include <vector>

#include "program.h"

namespace pellucid {

// Arrays whose memory stays where it is as long as this lives. Made and destroyed with the GIL held.
class Arrays {
public:
    Arrays() = default;
    Arrays(Arrays&& other) noexcept : views_(std::move(other.views_)) { other.views_.clear(); }
    Arrays& operator=(Arrays&&) = delete;
    ~Arrays();

    void reserve(std::size_t count) { views_.reserve(count); }

    // The array that an object is, which has to be C-contiguous. Throws Python's exceptions, or std::invalid_argument
    // for a dtype that no plan has.
    Array add(nanobind::handle object, bool writable);

private:
    std::vector<Py_buffer> views_;
};

} // namespace pellucid
