// From a plan to instructions that can run: for given sizes, all memory is found and every address filled in.
//
// Here, and nowhere later, every view is followed to its first and its last number.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "memory.h"
#include "plan.h"

namespace pellucid {

// A buffer for given sizes.
struct Block {
    std::byte* base = nullptr; // of the first copy, where every thread has one
    std::int64_t rows = 0, columns = 0;
    std::int64_t bytes = 0;
    std::int64_t place = 0; // in its arena

    std::int64_t numbers() const { return rows * columns; }
};

// A plan for given sizes.
struct Resolved {
    std::vector<std::int64_t> asked; // the sizes it was asked for, and
    std::vector<std::int64_t> sizes; // the value of each symbol, those of chunks too
    int copies = 0;                  // of LOCAL buffers: how many threads can take part
    std::vector<Work> works;         // one for each instruction
    // The bodies of loops over chunks once more, for a last chunk that is smaller. The Work of such a loop has the
    // number of chunks and the number of whole ones as extents, and the number of its rest as an option.
    std::vector<std::vector<Work>> rests;
    std::vector<Tensor> tensors; // of all works
    std::vector<ReadyProgram> programs;
    std::vector<Block> blocks;                     // one for each buffer
    std::vector<std::pair<int, double>> registers; // those that hold a size
    double nanoseconds = 0;                        // a rough guess at the time that one thread takes
};

namespace loop_option {
inline constexpr int rest = 8; // of a resolved loop over chunks; -1: all chunks are whole
}

// Resolves a plan for one size after the other, in the same memory.
class Resolver {
public:
    // The plan has to outlive the resolver, and to be checked.
    Resolver(const Plan& plan, const Kernels& kernels);

    // The plan for these values of its symbols; symbols that stand for the rows of a chunk may have any. The last few
    // are kept. Memory may move: a plan that was resolved before serves only as long as nothing else is.
    // Throws std::invalid_argument where a view leads out of its buffer or sizes do not fit together.
    const Resolved& resolve(std::span<const std::int64_t> sizes, int copies);

    // Where a buffer of state lies, always.
    const Block& state(int buffer) const { return states_[buffer]; }

    // The layout of a buffer in panels.
    Panels panels(int buffer, const Block& block) const;

private:
    Block measured(int buffer, std::span<const std::int64_t> sizes) const;
    // Gives the buffers of a role their places in one arena; returns its size.
    std::int64_t place_all(Role role, std::vector<Block>& blocks) const;
    void reserve(Memory& memory, std::int64_t bytes);

    const Plan& plan_;
    const Kernels& kernels_;
    const int vector_bytes_;
    const std::vector<Lifetime> lifetimes_;
    Memory state_, temporary_, local_;
    std::vector<Block> states_;
    std::vector<std::unique_ptr<Resolved>> kept_; // the last one used comes first
};

} // namespace pellucid
