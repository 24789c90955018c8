// The plan as it comes from Python (plan.py says what each part means), with names turned into numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "work.h"

namespace pellucid {

// A size: the product of a number and symbols.
struct Extent {
    std::int64_t factor = 0;
    std::vector<int> symbols;
};

enum class Layout : std::uint8_t { rows, panels };
enum class Role : std::uint8_t { temporary, state, local };

struct Buffer {
    Dtype dtype;
    Extent rows, columns;
    Layout layout;
    Role role;
    int first, last;
};

// How far a view moves with each round of a loop.
struct Move {
    int loop;
    Extent stride;
};

struct View {
    int buffer;
    std::vector<Extent> strides;
    std::vector<Extent> offset; // the summands of one number
    std::vector<Move> moves;
};

struct Instruction {
    Kind kind;
    std::vector<Extent> extents;
    std::vector<View> views;
    std::vector<TileOp> program;
    Dtype lanes;
    std::vector<Extent> options;
    bool alone;

    // An option that is a plain number. Only how many rows a table has may hang on symbols.
    std::int64_t option(int i) const { return options[static_cast<std::size_t>(i)].factor; }
};

struct Plan {
    std::vector<std::string> symbols;
    std::vector<Buffer> buffers;
    std::vector<double> registers;
    std::vector<std::pair<int, Extent>> sizes;
    std::vector<Instruction> instructions;
    std::vector<int> inputs;
    int epilogue;
};

// What the options of a loop mean (Instruction::options of Kind::loop).
namespace loop_option {
inline constexpr int number = 0, end = 1, chunks = 2;                 // every loop
inline constexpr int partitions = 3, symbol = 4, rows = 5, batch = 6; // a loop over chunks,
inline constexpr int idle = 7; // so many of its body come first, in place of the rest where a partition has no chunk
} // namespace loop_option

// What the options of a pooling mean: a Pooling; then, for each of three axes, the size of the array that windows move
// over, how many places they have, the size of a window, its stride, and how many places lie before the array.
namespace pool_option {
inline constexpr int axes = 3, each = 5;
} // namespace pool_option

// Over chunks: the number of the chunk, and that of the partition. Loops over time come after them.
inline constexpr int kChunk = 0, kPartition = 1, kTimeLoops = 2;

bool over_chunks(const Instruction& instruction);

// From names to numbers and back; an unknown name is a std::invalid_argument.
Dtype dtype_named(std::string_view name);
Kind kind_named(std::string_view name);
Code code_named(std::string_view name);
Layout layout_named(std::string_view name);
Role role_named(std::string_view name);
std::string_view name_of(Dtype dtype);
std::string_view name_of(Kind kind);
std::string_view name_of(Code code);

} // namespace pellucid
