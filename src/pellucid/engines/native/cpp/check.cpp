#include "check.h"

#include <algorithm>
#include <span>

#include "forms.h"
#include "reach.h"
#include "threads.h"

namespace pellucid {

namespace {

class Checker {
public:
    explicit Checker(const Plan& plan) : plan_(plan), count_(static_cast<int>(plan.instructions.size())) {}

    void check() {
        check_buffers();
        check_ends();
        for (int i = 0; i < count_; ++i)
            at_instruction(plan_, i, [&] {
                while (!loops_.empty() && loops_.back().end == i)
                    loops_.pop_back();
                check_instruction(i);
            });
        for (int i = 0; i < count_; ++i)
            if (over_chunks(plan_.instructions[i]))
                at_instruction(plan_, i, [&] { check_registers_of_chunks(i); });
    }

private:
    struct Loop {
        int number, end;
        bool chunks;
    };

    static void below(std::int64_t value, std::size_t count, const char* what) {
        if (value < 0 || value >= static_cast<std::int64_t>(count))
            refuse("there is no ", what, " ", value, ", there are ", count, ".");
    }

    void check_extent(const Extent& extent) const {
        for (const int symbol : extent.symbols)
            below(symbol, plan_.symbols.size(), "symbol");
    }

    void check_buffers() const {
        for (std::size_t i = 0; i < plan_.buffers.size(); ++i) {
            const Buffer& buffer = plan_.buffers[i];
            check_extent(buffer.rows);
            check_extent(buffer.columns);
            if (buffer.first < 0 || buffer.first > buffer.last || buffer.last >= std::max(count_, 1))
                refuse("buffer ", i, " lives from ", buffer.first, " to ", buffer.last, " of ", count_,
                       " instructions.");
            if (buffer.layout == Layout::panels && buffer.dtype != Dtype::float32 && buffer.dtype != Dtype::float64)
                refuse("buffer ", i, " of ", name_of(buffer.dtype),
                       " is in panels: they are for floating-point numbers.");
            if (buffer.role == Role::state && !(buffer.rows.symbols.empty() && buffer.columns.symbols.empty()))
                refuse("buffer ", i, " is state, so its size must be known.");
        }
    }

    // What belongs to no instruction.
    void check_ends() const {
        if (plan_.registers.size() > INT16_MAX - kRegister)
            refuse("there are ", plan_.registers.size(), " registers, more than operands can name.");
        for (const int input : plan_.inputs) {
            below(input, plan_.buffers.size(), "buffer");
            if (plan_.buffers[input].role != Role::temporary || plan_.buffers[input].layout != Layout::rows)
                refuse("buffer ", input, " takes an input, so it must be temporary and in rows.");
        }
        for (const auto& [number, extent] : plan_.sizes) {
            below(number, plan_.registers.size(), "register");
            check_extent(extent);
        }
        if (plan_.epilogue < 0 || plan_.epilogue > count_)
            refuse("the epilogue begins at ", plan_.epilogue, " of ", count_, " instructions.");
    }

    void check_instruction(int number) {
        const Instruction& instruction = plan_.instructions[number];
        check_form(instruction);
        for (const Extent& extent : instruction.extents)
            check_extent(extent);
        for (const View& view : instruction.views)
            check_view(view, instruction, number);
        for_registers(
            instruction, [&](int read) { below(read, plan_.registers.size(), "register"); },
            [&](int written) { below(written, plan_.registers.size(), "register"); });
        check_options(instruction);
        check_program(instruction);
        if (instruction.kind == Kind::loop)
            enter(instruction, number);
    }

    void check_form(const Instruction& instruction) const {
        const Form form = form_of(instruction);
        const int axes = static_cast<int>(instruction.extents.size());
        const int views = static_cast<int>(instruction.views.size());
        if (axes < form.least_axes || axes > form.most_axes)
            refuse("it has ", axes, " axes instead of ", form.least_axes, " to ", form.most_axes, ".");
        if (views < form.views || views > (form.has_program ? kTensors : form.views))
            refuse("it has ", views, " views instead of ", form.views, form.has_program ? " or more." : ".");
        if (instruction.kind == Kind::scalars && views > 0)
            refuse("it works on registers, but has views.");
        if (static_cast<int>(instruction.options.size()) != form.options)
            refuse("it has ", instruction.options.size(), " options instead of ", form.options, ".");
        if (instruction.program.empty() == form.has_program)
            refuse(form.has_program ? "it has no program." : "it has a program, which its kind has not.");
        if (instruction.program.size() > kProgram)
            refuse("its program has ", instruction.program.size(), " operations, more than ", kProgram, ".");
    }

    void check_view(const View& view, const Instruction& instruction, int number) const {
        below(view.buffer, plan_.buffers.size(), "buffer");
        const Buffer& buffer = plan_.buffers[view.buffer];
        if (view.strides.size() != instruction.extents.size())
            refuse("the view of buffer ", view.buffer, " has ", view.strides.size(), " strides for ",
                   instruction.extents.size(), " axes.");
        for (const Extent& stride : view.strides)
            check_extent(stride);
        for (const Extent& summand : view.offset)
            check_extent(summand);
        for (const Move& move : view.moves) {
            check_extent(move.stride);
            if (!inside(move.loop))
                refuse("the view of buffer ", view.buffer, " moves with loop ", move.loop, ", which is not around it.");
        }
        if (buffer.role == Role::local && !inside(kChunk))
            refuse("buffer ", view.buffer, " is local, but no loop over chunks is around its use.");
        if (buffer.role != Role::state && (number < buffer.first || number > buffer.last))
            refuse("buffer ", view.buffer, " lives from ", buffer.first, " to ", buffer.last, " only.");
    }

    bool inside(int loop) const {
        return std::ranges::any_of(
            loops_, [=](const Loop& other) { return other.number == loop || (other.chunks && loop == kPartition); });
    }

    // The options that are neither registers nor those of loops.
    void check_options(const Instruction& instruction) const {
        const bool of_table = instruction.kind == Kind::gather || instruction.kind == Kind::scatter_add;
        for (const Extent& option : instruction.options) {
            check_extent(option);
            if (!option.symbols.empty() && !of_table)
                refuse("its options have to be plain numbers.");
        }
        if (of_table || instruction.kind == Kind::transpose || instruction.kind == Kind::random)
            check_dtypes(instruction);
        if (instruction.kind == Kind::matmul)
            check_product(instruction);
        if (instruction.kind == Kind::pool)
            check_pool(instruction);
        if (instruction.kind == Kind::reduce || instruction.kind == Kind::total)
            below(instruction.option(0), static_cast<std::size_t>(Reduction::count_true) + 1, "reduction");
    }

    // Of numbers that move as they are, of labels, and of random numbers.
    void check_dtypes(const Instruction& instruction) const {
        const auto dtype = [&](std::size_t view) { return plan_.buffers[instruction.views[view].buffer].dtype; };
        const auto refuse_view = [&](std::size_t view) {
            refuse("the dtype of view ", view, " cannot be ", name_of(dtype(view)), ".");
        };
        if (instruction.kind == Kind::random ? dtype(0) != Dtype::float32 : dtype(0) != dtype(1))
            refuse_view(0);
        const bool has_labels = instruction.views.size() > 2;
        if (has_labels && (dtype(2) == Dtype::float32 || dtype(2) == Dtype::float64 || dtype(2) == Dtype::boolean))
            refuse_view(2);
    }

    static void check_product(const Instruction& instruction) {
        const std::int64_t outer = instruction.option(product_option::outer),
                           segments = instruction.option(product_option::segments),
                           start = instruction.option(product_option::start);
        if (instruction.lanes != Dtype::float32 && instruction.lanes != Dtype::float64)
            refuse("there are no products of ", name_of(instruction.lanes), ".");
        const auto axes = static_cast<std::int64_t>(instruction.extents.size());
        if (outer < 0 || segments < 0 || outer > kAxes || outer + 2 + segments + 1 != axes)
            refuse(outer, " outer and ", segments, " segment axes do not go with ", axes, " axes.");
        if (start < product_option::from_zero || start > product_option::adds_up)
            refuse("a sum starts from 0 (zero), or 1 or 2 (tensor 2), not ", start, ".");
        if (instruction.options.size() == product_option::all)
            check_zeros(instruction);
    }

    // Where A is zero.
    static void check_zeros(const Instruction& instruction) {
        const std::int64_t axis = instruction.option(product_option::axis),
                           first = instruction.option(product_option::first),
                           last = instruction.option(product_option::last),
                           step = instruction.option(product_option::step);
        if (axis < 0 || axis >= instruction.option(product_option::outer) ||
            instruction.option(product_option::segments) == 0)
            refuse("axis ", axis, " and a segment axis are no rows of a left side.");
        if (step < 1 || first < 0 || last < first || last > INT32_MAX)
            refuse("a left side cannot be zero before ", first, " and from ", last, " on, in steps of ", step, ".");
    }

    // Every window has to hold a number.
    void check_pool(const Instruction& instruction) const {
        if (instruction.lanes != Dtype::float32 && instruction.lanes != Dtype::float64)
            refuse("there is no pooling of ", name_of(instruction.lanes), ".");
        below(instruction.option(0), static_cast<std::size_t>(Pooling::max_put) + 1, "pooling");
        std::int64_t numbers = 1;
        for (int axis = 0; axis < pool_option::axes; ++axis) {
            const auto option = [&](int i) { return instruction.option(1 + axis * pool_option::each + i); };
            const std::int64_t size = option(0), places = option(1), window = option(2), stride = option(3),
                               before = option(4);
            for (const std::int64_t each : {size, places, window, stride})
                if (each < 1 || each > INT32_MAX)
                    refuse("sizes, windows and strides are 1 or more, and less than 2 ** 31, not ", each, ".");
            if (before < 0 || before >= window || (places - 1) * stride - before >= size)
                refuse("a window of axis ", axis, " lies in the padding.");
            numbers = product(numbers, window);
        }
        const int tensor = tensor_of_entries(static_cast<Pooling>(instruction.option(0)));
        if (tensor < 0)
            return;
        if (plan_.buffers[instruction.views[static_cast<std::size_t>(tensor)].buffer].dtype != Dtype::uint8)
            refuse("the entries of a window are counted in uint8.");
        if (numbers > kEntries)
            refuse("a window has ", numbers, " numbers, more than ", kEntries, ".");
    }

    void check_program(const Instruction& instruction) const {
        const bool scalars = instruction.kind == Kind::scalars, rows = instruction.kind == Kind::rows;
        const bool has_tile = instruction.kind == Kind::matmul || instruction.kind == Kind::reduce;
        const int tensors = static_cast<int>(instruction.views.size());
        unsigned written = has_tile ? 1u : 0u; // slots
        for (const TileOp& op : instruction.program) {
            if (!rows && (op.code >= Code::row_sum || !op.wide))
                refuse("'", name_of(op.code), "' is for programs of rows.");
            const auto check_operand = [&](int operand) {
                const bool exists = operand >= kRegister ? true
                                    : operand >= kTensor ? operand - kTensor < tensors
                                                         : operand >= 0 && (written >> operand & 1);
                if (!exists || (scalars && operand < kRegister))
                    refuse("'", name_of(op.code), "' works on ", operand, ", which is nothing (so far).");
            };
            for_operands(op, check_operand);
            check_moves(op, scalars, rows);
            if (op.to >= 0 && op.to < kSlots && !scalars)
                written |= 1u << op.to;
            else if (scalars ? op.to < kRegister : op.to < kTensor || op.to - kTensor >= tensors)
                refuse("'", name_of(op.code), "' writes to ", op.to, ", which does not exist.");
        }
    }

    // Loads come from tensors and stores go to them; programs of rows touch tensors in no other way.
    static void check_moves(const TileOp& op, bool scalars, bool rows) {
        const auto is_tensor = [](int operand) { return operand >= kTensor && operand < kRegister; };
        const bool load = op.code == Code::load, store = op.code == Code::store;
        bool reads = false;
        for_operands(op, [&](int operand) { reads |= is_tensor(operand); });
        if (scalars ? load || store : load != reads && (load || rows))
            refuse("'", name_of(op.code), "' cannot work on ", op.a, ".");
        if (!scalars && store != is_tensor(op.to) && (store || rows))
            refuse("'", name_of(op.code), "' cannot write to ", op.to, ".");
    }

    void enter(const Instruction& loop, int number) {
        const bool chunks = over_chunks(loop);
        const std::int64_t own = loop.option(loop_option::number), end = loop.option(loop_option::end);
        const std::int64_t last = loops_.empty() ? count_ : loops_.back().end;
        if (loop.options.size() != (chunks ? 8u : 3u))
            refuse("a loop over ", chunks ? "chunks has 8 options." : "time has 3 options.");
        if (end <= number || end > last)
            refuse("it ends at ", end, ", outside of ", number + 1, " to ", last, ".");
        if (number < plan_.epilogue && end > plan_.epilogue)
            refuse("it ends at ", end, ", after the beginning of the epilogue, ", plan_.epilogue, ".");
        if (chunks ? own != kChunk : own < kTimeLoops || own >= kLoops)
            refuse("a loop over ", chunks ? "chunks" : "time", " cannot have the number ", own, ".");
        if (inside(static_cast<int>(own)) || (chunks && !loops_.empty()))
            refuse("loop ", own, " is inside of ", chunks ? "another loop." : "itself.");
        if (chunks)
            check_chunks(loop, number);
        loops_.push_back({static_cast<int>(own), static_cast<int>(end), chunks});
    }

    void check_chunks(const Instruction& loop, int number) const {
        const std::int64_t symbol = loop.option(loop_option::symbol), batch = loop.option(loop_option::batch);
        const std::int64_t partitions = loop.option(loop_option::partitions), rows = loop.option(loop_option::rows);
        below(symbol, plan_.symbols.size(), "symbol");
        below(batch, plan_.symbols.size(), "symbol");
        if (symbol == batch)
            refuse("chunks and the batch cannot share symbol ", batch, ".");
        if (partitions < 1 || partitions > Claims::kThings || rows < 1)
            refuse(partitions, " partitions of chunks of ", rows,
                   " rows: both must be 1 or more, and there are at most ", Claims::kThings, " partitions.");
        const std::int64_t idle = loop.option(loop_option::idle), length = loop.option(loop_option::end) - number - 1;
        if (idle < 0 || idle > length)
            refuse(idle, " instructions for partitions without a chunk, in a body of ", length, ".");
        for (std::int64_t i = 1; i <= idle; ++i)
            if (plan_.instructions[static_cast<std::size_t>(number + i)].kind != Kind::fill)
                refuse("a partition without a chunk is filled with a number, and nothing else.");
    }

    // Every thread has registers of its own, and works on chunks of its own: what chunks leave in registers is lost.
    void check_registers_of_chunks(int loop) const {
        const int end = static_cast<int>(plan_.instructions[loop].option(loop_option::end));
        std::vector<bool> written(plan_.registers.size()), so_far(plan_.registers.size());
        const auto ignore = [](int) {};
        for (int i = loop + 1; i < end; ++i)
            for_registers(plan_.instructions[i], ignore, [&](int number) { written[number] = true; });
        const auto read = [&](int number) {
            if (written[number] && !so_far[number])
                refuse("register ", number, " is changed in a chunk and read before that or outside of it.");
        };
        for (int i = loop + 1; i < end; ++i)
            for_registers(plan_.instructions[i], read, [&](int number) { so_far[number] = true; });
        so_far.assign(so_far.size(), false);
        for (int i = 0; i < count_; ++i)
            if (i <= loop || i >= end)
                for_registers(plan_.instructions[i], read, ignore);
    }

    const Plan& plan_;
    int count_;
    std::vector<Loop> loops_; // around the present instruction, from the outermost
};

} // namespace

void check(const Plan& plan) {
    Checker(plan).check();
}

} // namespace pellucid
