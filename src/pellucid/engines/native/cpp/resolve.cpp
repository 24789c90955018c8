#include "resolve.h"

#include <algorithm>
#include <array>
#include <climits>

#include "check.h"
#include "reach.h"

namespace pellucid {

namespace {

constexpr std::size_t kKept = 8;

// Outside of the loop over chunks, the symbol for the rows of one is the size of a whole chunk.
void set_chunk_symbols(const Plan& plan, std::vector<std::int64_t>& sizes) {
    for (const Instruction& instruction : plan.instructions)
        if (over_chunks(instruction)) {
            sizes[instruction.option(loop_option::symbol)] =
                std::min(instruction.option(loop_option::rows), sizes[instruction.option(loop_option::batch)]);
        }
}

// Fills in one plan for one set of sizes.
class Resolution {
public:
    Resolution(const Plan& plan, const Kernels& kernels, std::int64_t per_copy, Resolved& result)
        : plan_(plan), kernels_(kernels), per_copy_(per_copy), result_(result), sizes_(result.sizes) {}

    void fill_in() {
        const int count = static_cast<int>(plan_.instructions.size());
        std::size_t tensors = 0, programs = 0; // twice: a body may be resolved for whole chunks and for a smaller one
        for (const Instruction& instruction : plan_.instructions) {
            tensors += 2 * instruction.views.size();
            programs += 2 * has_tiles(instruction);
        }
        result_.tensors.reserve(tensors); // so that none of them moves
        result_.programs.reserve(programs);
        result_.works.resize(static_cast<std::size_t>(count));
        result_.nanoseconds = resolve_lines(0, count, result_.works.data());
        for (const auto& [number, extent] : plan_.sizes)
            result_.registers.emplace_back(number, static_cast<double>(value_of(extent, sizes_)));
    }

private:
    static bool has_tiles(const Instruction& instruction) {
        return instruction.kind != Kind::scalars && !instruction.program.empty();
    }

    // Resolves a range of instructions to `works`, which begins with the first of them. Returns a guess at the
    // nanoseconds of one round.
    double resolve_lines(int first, int end, Work* works) {
        double nanoseconds = 0;
        for (int number = first; number < end;) {
            Work& work = works[number - first];
            const Instruction& instruction = plan_.instructions[number];
            at_instruction(plan_, number, [&] { set_work(instruction, number, work); });
            if (instruction.kind == Kind::loop) {
                nanoseconds += over_chunks(instruction) ? resolve_chunks(instruction, work) : resolve_rounds(work);
                number = static_cast<int>(instruction.option(loop_option::end));
            } else {
                at_instruction(plan_, number, [&] { set_tensors(instruction, work); });
                if (has_tiles(instruction)) {
                    kernels_.make_ready(work, result_.programs.emplace_back());
                    work.ready = &result_.programs.back();
                }
                nanoseconds += guess(work);
                ++number;
            }
        }
        return nanoseconds;
    }

    void set_work(const Instruction& instruction, int number, Work& work) {
        work.kind = instruction.kind;
        work.lanes = instruction.lanes;
        work.number = number;
        work.axes = static_cast<int>(instruction.extents.size());
        for (int axis = 0; axis < work.axes; ++axis) {
            work.extents[axis] = value_of(instruction.extents[axis], sizes_);
            if (work.extents[axis] < 0)
                refuse("axis ", axis, " has the negative size ", work.extents[axis], ".");
        }
        for (std::size_t i = 0; i < instruction.options.size(); ++i)
            work.options[i] = value_of(instruction.options[i], sizes_);
        if ((work.kind == Kind::gather || work.kind == Kind::scatter_add) && work.options[0] < 0)
            refuse("a table cannot have ", work.options[0], " rows.");
        work.program = instruction.program.data();
        work.program_length = static_cast<int>(instruction.program.size());
        work.alone = instruction.alone;
    }

    void set_tensors(const Instruction& instruction, Work& work) {
        const std::size_t first = result_.tensors.size();
        for (const View& view : instruction.views) {
            const Buffer& buffer = plan_.buffers[view.buffer];
            const Block& block = result_.blocks[view.buffer];
            Tensor tensor;
            tensor.base = block.base;
            tensor.dtype = buffer.dtype;
            tensor.panels = buffer.layout == Layout::panels;
            tensor.panel_rows = block.rows;
            tensor.panel_columns = block.columns;
            for (int axis = 0; axis < work.axes; ++axis)
                tensor.strides[axis] = value_of(view.strides[axis], sizes_);
            for (const Move& move : view.moves)
                tensor.steps[move.loop] = sum(tensor.steps[move.loop], value_of(move.stride, sizes_));
            tensor.per_thread = buffer.role == Role::local ? per_copy_ : 0;
            tensor.moves = tensor.per_thread != 0 || std::ranges::any_of(tensor.steps, [](auto s) { return s != 0; });
            result_.tensors.push_back(tensor);
        }
        work.tensors = result_.tensors.data() + first;
        work.tensor_count = static_cast<int>(instruction.views.size());
        for (int i = 0; i < work.tensor_count && !empty_rounds_; ++i)
            settle(instruction.views[i], i, work, result_.tensors[first + i]);
    }

    // Checks how far a view reaches, and moves its tensor to where it begins.
    void settle(const View& view, int number, const Work& work, Tensor& tensor) const {
        std::int64_t offset = 0;
        for (const Extent& summand : view.offset)
            offset = sum(offset, value_of(summand, sizes_));
        check_reach(work, number, tensor, offset, rounds_, view.buffer);
        if (tensor.panels)
            tensor.panel_start = offset;
        else
            tensor.base += offset * size_of(tensor.dtype);
    }

    double resolve_rounds(Work& loop) {
        const std::int64_t count = loop.extents[0];
        Rounds& rounds = rounds_[loop.options[loop_option::number]];
        rounds = {0, count - 1};
        const double nanoseconds = resolve_body(loop, loop.number + 1, &loop + 1, count > 0);
        rounds = {};
        return static_cast<double>(count) * nanoseconds;
    }

    double resolve_chunks(const Instruction& instruction, Work& loop) {
        const std::int64_t batch = sizes_[instruction.option(loop_option::batch)];
        std::int64_t& rows = sizes_[instruction.option(loop_option::symbol)];
        const std::int64_t whole_rows = rows;
        const std::int64_t whole = batch == 0 ? 0 : batch / rows, rest = batch - whole * whole_rows;
        const std::int64_t chunks = whole + (rest > 0);
        loop.extents[0] = chunks;
        loop.extents[1] = whole;
        loop.options[loop_option::rest] = -1;
        rounds_[kPartition] = {0, loop.options[loop_option::partitions] - 1};
        const int body = loop.number + 1 + static_cast<int>(loop.options[loop_option::idle]);
        resolve_lines(loop.number + 1, body, &loop + 1);
        rounds_[kChunk] = {0, whole - 1};
        double nanoseconds =
            static_cast<double>(whole) * resolve_body(loop, body, &loop + (body - loop.number), whole > 0);
        if (rest > 0) {
            const std::int64_t length = loop.options[loop_option::end] - body;
            loop.options[loop_option::rest] = static_cast<std::int64_t>(result_.rests.size());
            Work* works = result_.rests.emplace_back(static_cast<std::size_t>(length)).data();
            rows = rest;
            rounds_[kChunk] = {chunks - 1, chunks - 1};
            nanoseconds += resolve_body(loop, body, works, true);
            rows = whole_rows;
        }
        rounds_[kPartition] = rounds_[kChunk] = {};
        return nanoseconds;
    }

    // What no round comes to may lead anywhere.
    double resolve_body(const Work& loop, int first, Work* works, bool runs) {
        const bool outside = empty_rounds_;
        empty_rounds_ |= !runs;
        const double nanoseconds = resolve_lines(first, static_cast<int>(loop.options[loop_option::end]), works);
        empty_rounds_ = outside;
        return nanoseconds;
    }

    static double guess(const Work& work) {
        double numbers = 1;
        for (int axis = 0; axis < work.axes; ++axis)
            numbers *= static_cast<double>(work.extents[axis]);
        if (work.kind == Kind::matmul)
            return 20 + numbers / 32;
        if (work.kind == Kind::pool)
            for (int axis = 0; axis < pool_option::axes; ++axis)
                numbers *= static_cast<double>(work.options[1 + axis * pool_option::each]);
        return 20 + numbers * (1 + work.program_length) / 16;
    }

    const Plan& plan_;
    const Kernels& kernels_;
    const std::int64_t per_copy_;
    Resolved& result_;
    std::vector<std::int64_t>& sizes_;
    std::array<Rounds, kLoops> rounds_{}; // of the loops around
    bool empty_rounds_ = false;           // whether one of them has no round
};

} // namespace

Resolver::Resolver(const Plan& plan, const Kernels& kernels)
    : plan_(plan), kernels_(kernels), vector_bytes_(kernels.vector * static_cast<int>(sizeof(float))),
      lifetimes_(lifetimes(plan)) {
    const std::vector<std::int64_t> none(plan.symbols.size()); // the size of state hangs on no symbol
    for (std::size_t i = 0; i < plan.buffers.size(); ++i)
        states_.push_back(measured(static_cast<int>(i), none));
    reserve(state_, place_all(Role::state, states_));
    for (Block& block : states_)
        block.base = state_.data() + block.place;
}

const Resolved& Resolver::resolve(std::span<const std::int64_t> sizes, int copies) {
    const auto found = std::ranges::find_if(kept_, [&](const std::unique_ptr<Resolved>& kept) {
        return kept->copies >= copies && std::ranges::equal(kept->asked, sizes);
    });
    if (found != kept_.end()) {
        std::rotate(kept_.begin(), found, found + 1);
        return *kept_.front();
    }
    std::erase_if(kept_, [&](const auto& kept) { return std::ranges::equal(kept->asked, sizes); });
    auto result = std::make_unique<Resolved>();
    result->asked = result->sizes = {sizes.begin(), sizes.end()};
    set_chunk_symbols(plan_, result->sizes);
    result->blocks = states_;
    for (std::size_t i = 0; i < plan_.buffers.size(); ++i)
        if (plan_.buffers[i].role != Role::state)
            result->blocks[i] = measured(static_cast<int>(i), result->sizes);
    reserve(temporary_, place_all(Role::temporary, result->blocks));
    const std::int64_t per_copy = place_all(Role::local, result->blocks);
    reserve(local_, product(per_copy, copies));
    result->copies = per_copy == 0 ? INT_MAX : copies; // if there is nothing to copy, it is there for any number
    for (std::size_t i = 0; i < plan_.buffers.size(); ++i)
        if (plan_.buffers[i].role != Role::state)
            result->blocks[i].base =
                (plan_.buffers[i].role == Role::local ? local_ : temporary_).data() + result->blocks[i].place;
    Resolution(plan_, kernels_, per_copy, *result).fill_in();
    if (kept_.size() == kKept)
        kept_.pop_back();
    return **kept_.insert(kept_.begin(), std::move(result));
}

Panels Resolver::panels(int buffer, const Block& block) const {
    return {block.rows, block.columns, vector_bytes_ / size_of(plan_.buffers[buffer].dtype)};
}

Block Resolver::measured(int number, std::span<const std::int64_t> sizes) const {
    const Buffer& buffer = plan_.buffers[number];
    Block block;
    try {
        block.rows = value_of(buffer.rows, sizes);
        block.columns = value_of(buffer.columns, sizes);
        if (block.rows < 0 || block.columns < 0)
            refuse("it has ", block.rows, " rows and ", block.columns, " columns.");
        std::int64_t numbers = product(block.rows, block.columns);
        if (buffer.layout == Layout::panels) {
            const Panels layout = panels(number, block);
            numbers = product(block.rows, sum(block.columns, layout.vector - 1) / layout.vector * layout.vector);
        }
        block.bytes = product(numbers, size_of(buffer.dtype));
        sum(block.bytes, INT32_MAX); // leaves room for what is added later
    } catch (const std::invalid_argument& error) {
        refuse("buffer ", number, ": ", error.what());
    }
    return block;
}

std::int64_t Resolver::place_all(Role role, std::vector<Block>& blocks) const {
    std::vector<Demand> demands;
    for (std::size_t i = 0; i < blocks.size(); ++i)
        if (plan_.buffers[i].role == role)
            demands.push_back({with_slack(blocks[i].bytes), lifetimes_[i]});
    const std::vector<std::int64_t> places = place(demands);
    std::size_t next = 0;
    for (std::size_t i = 0; i < blocks.size(); ++i)
        if (plan_.buffers[i].role == role)
            blocks[i].place = places[next++];
    return places.back();
}

void Resolver::reserve(Memory& memory, std::int64_t bytes) {
    if (memory.holds(static_cast<std::size_t>(bytes)))
        return;
    kept_.clear(); // the addresses in them are no longer true
    memory.replace(static_cast<std::size_t>(bytes));
}

} // namespace pellucid
