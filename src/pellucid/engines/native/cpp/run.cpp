#include "run.h"

#include <algorithm>
#include <tuple>

#include "scalars.h"

namespace pellucid {

bool WrongIndex::before(const WrongIndex& other) const {
    if (!found || !other.found)
        return found;
    return std::tie(turn, chunk, example) < std::tie(other.turn, other.chunk, other.example);
}

Member::Member(Team& team, int number, const Kernels& kernels, double* registers, WrongIndex& wrong)
    : team_(team), number_(number), kernels_(kernels), wrong_(wrong) {
    context_.thread = context_.copy = number;
    context_.threads = team.size;
    context_.registers = registers;
    context_.scratch = scratch();
    context_.fault = &fault_;
}

void Member::enter(const Resolved& plan, std::int64_t start) {
    plan_ = &plan;
    start_ = start;
    examples_ = plan.sizes.empty() ? 0 : plan.sizes[0];
    for (const auto& [number, size] : plan.registers)
        context_.registers[number] = size;
}

void Member::run(int first, int end) {
    run_lines(plan_->works.data() + first, plan_->works.data() + end);
}

void Member::run_lines(const Work* line, const Work* end) {
    while (line != end) {
        turn_ += !in_chunk_;
        if (line->alone && context_.threads > 1)
            team_.barrier.wait();
        switch (line->kind) {
        case Kind::scalars: run_scalars(*line, context_.registers); break;
        case Kind::load_register: load_register(*line, context_); break;
        case Kind::store_register: store_register(*line, context_); break;
        case Kind::loop: {
            const Work* after = line + (line->options[loop_option::end] - line->number);
            if (line->options[loop_option::chunks] != 0)
                run_chunks(*line, after);
            else
                run_rounds(*line, after);
            line = after;
            continue;
        }
        default:
            kernels_.kernels[static_cast<int>(line->kind)](*line, context_);
            if (fault_.found && !wrong_.found)
                report(*line);
        }
        ++line;
    }
}

void Member::run_rounds(const Work& loop, const Work* after) {
    std::int64_t& round = context_.index[loop.options[loop_option::number]];
    for (round = 0; round < loop.extents[0]; ++round)
        run_lines(&loop + 1, after);
    round = 0;
}

// Every thread takes whole partitions, and works on their chunks alone: first those of its share, and then whatever
// others have not come to. What a partition sums up hangs on its chunks only, so it does not matter who takes it.
void Member::run_chunks(const Work& loop, const Work* after) {
    const std::int64_t chunks = loop.extents[0], whole = loop.extents[1];
    const std::int64_t partitions = loop.options[loop_option::partitions], rows = loop.options[loop_option::rows];
    const std::int64_t batch = examples_;
    const Work* const body = &loop + 1 + loop.options[loop_option::idle];
    in_chunk_ = true;
    context_.thread = 0;
    context_.threads = 1;
    ++chunk_loops_;
    for (std::int64_t i = 0, own = share(partitions).first; i < partitions; ++i) {
        const std::int64_t partition = (own + i) % partitions;
        if (!team_.claims.take(static_cast<int>(partition), chunk_loops_))
            continue;
        context_.index[kPartition] = partition;
        const std::int64_t first = chunks * partition / partitions, last = chunks * (partition + 1) / partitions;
        if (first == last)
            run_lines(&loop + 1, body);
        for (std::int64_t chunk = first; chunk < last; ++chunk) {
            context_.first_chunk = chunk == first;
            context_.index[kChunk] = chunk;
            context_.example = chunk * rows;
            examples_ = std::min(rows, batch - context_.example);
            if (chunk < whole)
                run_lines(body, after);
            else {
                const auto& rest = plan_->rests[static_cast<std::size_t>(loop.options[loop_option::rest])];
                run_lines(rest.data(), rest.data() + rest.size());
            }
        }
    }
    in_chunk_ = false;
    context_.thread = number_;
    context_.threads = team_.size;
    context_.index[kPartition] = context_.index[kChunk] = context_.example = 0;
    examples_ = batch;
}

void Member::report(const Work& work) {
    std::int64_t rows = 1;
    for (int axis = 0; axis < work.axes - 1; ++axis)
        rows *= work.extents[axis];
    const bool has_examples = examples_ > 0 && rows % examples_ == 0;
    wrong_.found = true;
    wrong_.instruction = work.number;
    wrong_.turn = turn_;
    wrong_.chunk = context_.example;
    wrong_.example = start_ + context_.example + (has_examples ? fault_.row / (rows / examples_) : fault_.row);
    wrong_.index = fault_.index;
    wrong_.limit = fault_.limit;
}

} // namespace pellucid
