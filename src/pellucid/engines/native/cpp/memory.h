// Memory: where buffers lie, and how the numbers lie in those that have panels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "plan.h"

namespace pellucid {

// A block of memory that begins at a multiple of 64.
class Memory {
public:
    bool holds(std::size_t bytes) const { return bytes <= size_; }
    // Takes a block of this many bytes instead, all of them 0.
    void replace(std::size_t bytes);
    std::byte* data() const { return data_.get(); }

private:
    struct Release {
        void operator()(std::byte* data) const;
    };
    std::unique_ptr<std::byte, Release> data_;
    std::size_t size_ = 0;
};

// From when to when a buffer is needed; both ends belong to it.
struct Lifetime {
    int first, last;
    bool meets(const Lifetime& other) const { return first <= other.last && other.first <= last; }
};

// The lifetime of each buffer of a plan, such that two buffers whose lifetimes do not meet may share memory.
// Threads run on between two barriers, so those of TEMPORARY buffers are counted in barriers.
std::vector<Lifetime> lifetimes(const Plan& plan);

struct Demand {
    std::int64_t bytes;
    Lifetime lifetime;
};

// Places for blocks of memory inside of one arena: where each begins, and at the end the size of the whole.
std::vector<std::int64_t> place(std::span<const Demand> demands);

// What a block of this many bytes takes in an arena: a vector may be read where the last number lies.
std::int64_t with_slack(std::int64_t bytes);

// The order of numbers of a matrix in panels; see Tensor.
struct Panels {
    std::int64_t rows, columns, vector; // vector: how many numbers are in one

    std::int64_t padded() const { return (columns + vector - 1) / vector * vector; }
    std::int64_t numbers() const { return rows * padded(); }
    void from_rows(std::byte* panels, const std::byte* rows_in_order, int bytes_of_number) const;
    void to_rows(const std::byte* panels, std::byte* rows_in_order, int bytes_of_number) const;
};

} // namespace pellucid
