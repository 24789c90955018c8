#include "program.h"

#include <algorithm>

#include "check.h"
#include "level.h"
#include "refuse.h"
#include "rows.h"

namespace pellucid {

namespace {

constexpr double kWorthThreads = 50e-6; // seconds on one thread

Plan checked(Plan plan) {
    check(plan);
    return plan;
}

const Kernels& kernels_for(const Plan& plan) {
    const Kernels& kernels = level().kernels();
    for (int i = 0; i < static_cast<int>(plan.instructions.size()); ++i) {
        const Kind kind = plan.instructions[i].kind;
        if (kind < Kind::scalars && kernels.kernels[static_cast<int>(kind)] == nullptr)
            at_instruction(plan, i, [] { refuse("there is no kernel for it."); });
    }
    return kernels;
}

void below(std::int64_t number, std::size_t count, const char* what) {
    if (number < 0 || number >= static_cast<std::int64_t>(count))
        refuse("there is no ", what, " ", number, ": there are ", count, ".");
}

void require(const Array& array, Dtype dtype, std::int64_t numbers, int buffer) {
    if (array.dtype != dtype || array.numbers != numbers)
        refuse("buffer ", buffer, " has ", numbers, " numbers of ", name_of(dtype), ", the array ", array.numbers,
               " of ", name_of(array.dtype), ".");
}

} // namespace

Program::Program(Plan plan)
    : plan_(checked(std::move(plan))), kernels_(kernels_for(plan_)), resolver_(plan_, kernels_),
      registers_(plan_.registers), given_(plan_.symbols.size(), true), asked_(plan_.symbols.size()) {
    for (const Instruction& instruction : plan_.instructions)
        if (over_chunks(instruction))
            given_[instruction.option(loop_option::symbol)] = false;
}

// ------------------------------------------------------------ state
void Program::write(int buffer, const Array& array) {
    const Block& block = state(buffer, array);
    if (plan_.buffers[buffer].layout == Layout::panels)
        resolver_.panels(buffer, block).from_rows(block.base, array.data, size_of(array.dtype));
    else
        copy_rows(block.base, array.data, array.bytes(), nullptr, 1);
}

void Program::read(int buffer, const Array& array) const {
    copy_out(buffer, state(buffer, array), array);
}

void Program::copy_out(int buffer, const Block& block, const Array& array) const {
    if (plan_.buffers[buffer].layout == Layout::panels)
        resolver_.panels(buffer, block).to_rows(block.base, array.data, size_of(array.dtype));
    else
        copy_rows(array.data, block.base, array.bytes(), nullptr, 1);
}

const Block& Program::state(int number, const Array& array) const {
    below(number, plan_.buffers.size(), "buffer");
    const Buffer& buffer = plan_.buffers[number];
    if (buffer.role != Role::state)
        refuse("buffer ", number, " is no state: its numbers are there during a run only.");
    const Block& block = resolver_.state(number);
    require(array, buffer.dtype, block.numbers(), number);
    return block;
}

double Program::get(int number) const {
    below(number, registers_.size(), "register");
    return registers_[number];
}

void Program::set(int number, double value) {
    below(number, registers_.size(), "register");
    registers_[number] = value;
}

// ------------------------------------------------------------ threads
void Program::set_threads(int count) {
    if (count < 0 || count > kMostThreads)
        refuse("the number of threads cannot be ", count, ": it is 1 to ", kMostThreads, ", or 0 for as many as pay.");
    threads_ = count;
}

int Program::most_threads() const {
    return threads_ > 0 ? threads_ : pellucid::threads();
}

int Program::wanted_threads(double seconds) const {
    return threads_ > 0 ? threads_ : seconds < kWorthThreads ? 1 : pellucid::threads();
}

void Program::take_seats(int count) {
    if (static_cast<int>(seats_.size()) < count)
        seats_.resize(static_cast<std::size_t>(count));
    for (Seat& seat : seats_)
        seat.wrong = {};
    for (std::size_t i = 1; i < static_cast<std::size_t>(count); ++i)
        seats_[i].registers = registers_; // the first thread works on those themselves
}

void Program::find_wrong() {
    wrong_ = {};
    for (const Seat& seat : seats_)
        if (seat.wrong.before(wrong_))
            wrong_ = seat.wrong;
}

// ------------------------------------------------------------ sizes
void Program::ask(std::int64_t batch, std::span<const std::int64_t> sizes) {
    std::size_t next = 0;
    for (std::size_t symbol = 0; symbol < asked_.size(); ++symbol) {
        asked_[symbol] = 0;
        if (symbol == 0 && batch >= 0)
            asked_[symbol] = batch;
        else if (given_[symbol])
            asked_[symbol] = next < sizes.size() ? sizes[next++] : -1;
        if (asked_[symbol] < 0)
            refuse("the value of symbol ", symbol, " (", plan_.symbols[symbol], ") is missing or negative.");
    }
    if (next != sizes.size())
        refuse("there are ", sizes.size(), " sizes for ", next, " symbols.");
}

Sizes Program::prepare(std::int64_t count, std::int64_t batch, std::span<const std::int64_t> sizes, int most_threads) {
    if (batch < 1)
        refuse("a batch must have 1 example or more, not ", batch, ".");
    const auto resolve = [&](std::int64_t examples) {
        ask(examples, sizes);
        return &resolver_.resolve(asked_, most_threads);
    };
    Sizes result;
    const std::int64_t whole = count / batch, rest = count % batch;
    if (rest > 0) {
        result.rest = resolve(rest);
        result.seconds += 1e-9 * result.rest->nanoseconds;
    }
    if (whole > 0) {
        result.whole = resolve(batch);
        result.seconds += 1e-9 * result.whole->nanoseconds * static_cast<double>(whole);
        if (rest > 0) // it has to be asked for again, since memory may have moved in between
            result.rest = resolve(rest);
    }
    return result;
}

void Program::find_sources(std::span<const Array> inputs, std::int64_t count, const Resolved& plan,
                           std::vector<Examples>& sources) const {
    if (inputs.size() != plan_.inputs.size())
        refuse("there are ", inputs.size(), " inputs instead of ", plan_.inputs.size(), ".");
    sources.clear();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const int buffer = plan_.inputs[i];
        const std::int64_t bytes = bytes_of_example(inputs[i], count, buffer, plan);
        sources.push_back({inputs[i].data, buffer, bytes});
    }
}

std::int64_t Program::bytes_of_example(const Array& array, std::int64_t count, int buffer, const Resolved& plan) const {
    const Dtype dtype = plan_.buffers[buffer].dtype;
    const std::int64_t each = array.length > 0 ? array.numbers / array.length : 0, batch = plan.sizes[0];
    const std::int64_t numbers = plan.blocks[buffer].numbers();
    if (array.dtype != dtype || array.length != count || each * batch != numbers)
        refuse("the array for buffer ", buffer, " has ", array.length, " examples of ", each, " numbers of ",
               name_of(array.dtype), " instead of ", count, " of ", numbers / batch, " of ", name_of(dtype), ".");
    return each * size_of(dtype);
}

// ------------------------------------------------------------ runs
void Program::take_batch(const Member& member, const Resolved& plan, std::span<const Examples> sources,
                         const std::int32_t* order, std::int64_t start) {
    const auto [first, end] = member.share(plan.sizes[0]);
    for (const Examples& source : sources) {
        std::byte* to = plan.blocks[source.buffer].base + first * source.bytes;
        if (order == nullptr)
            copy_rows(to, source.data + (start + first) * source.bytes, source.bytes, nullptr, end - first);
        else
            copy_rows(to, source.data, source.bytes, order + start + first, end - first);
    }
}

void Program::run_batch(Member& member) const {
    if (plan_.epilogue == 0 || !plan_.instructions[0].alone)
        member.meet(); // otherwise the first instruction does
    member.run(0, plan_.epilogue);
}

void Program::give_batch(const Member& member, const Resolved& plan, std::span<const Examples> targets,
                         std::int64_t start) {
    const auto [first, end] = member.share(plan.sizes[0]);
    for (const Examples& target : targets) {
        const std::byte* from = plan.blocks[target.buffer].base + first * target.bytes;
        copy_rows(target.data + (start + first) * target.bytes, from, target.bytes, nullptr, end - first);
    }
}

const Block& Program::block_for(const Output& output, const Resolved& plan, int end) const {
    below(output.buffer, plan_.buffers.size(), "buffer");
    const Buffer& buffer = plan_.buffers[output.buffer];
    if (buffer.role == Role::local || (buffer.role == Role::temporary && buffer.last < end - 1))
        refuse("the numbers of buffer ", output.buffer, " are gone at the end of a run.");
    return plan.blocks[output.buffer];
}

void Program::find_targets(std::span<const Output> outputs, std::int64_t count, const Resolved& plan,
                           std::vector<Examples>& targets) const {
    targets.clear();
    for (const Output& output : outputs) {
        block_for(output, plan, plan_.epilogue);
        const Buffer& buffer = plan_.buffers[output.buffer];
        if (buffer.role != Role::temporary || buffer.layout != Layout::rows)
            refuse("buffer ", output.buffer, " has no row for each example.");
        targets.push_back(
            {output.array.data, output.buffer, bytes_of_example(output.array, count, output.buffer, plan)});
    }
}

void Program::call(std::span<const Array> inputs, std::span<const Output> outputs, std::int64_t block,
                   std::span<const std::int64_t> sizes) {
    if (inputs.empty() || plan_.symbols.empty())
        refuse("a plan without a batch is run by `apply`.");
    const std::int64_t count = inputs[0].length;
    if (count == 0)
        return;
    Sizes plans = prepare(count, block, sizes, 1);
    const int wanted = wanted_threads(plans.seconds);
    if (wanted > 1)
        plans = prepare(count, block, sizes, wanted);
    find_sources(inputs, count, plans.first(), sources_);
    find_targets(outputs, count, plans.first(), targets_);
    perform(wanted, [&](Member& member) {
        for (std::int64_t start = 0; start < count; start += block) {
            const Resolved& plan = count - start >= block ? *plans.whole : *plans.rest;
            if (start > 0)
                member.meet(); // the outputs of the block before have been taken
            member.enter(plan, start);
            take_batch(member, plan, sources_, nullptr, start);
            run_batch(member);
            member.meet();
            give_batch(member, plan, targets_, start);
        }
    });
}

void Program::apply(std::span<const Array> inputs, std::span<const Output> outputs,
                    std::span<const std::int64_t> sizes) {
    const int count = static_cast<int>(plan_.instructions.size());
    ask(-1, sizes);
    const Resolved* plan = &resolver_.resolve(asked_, 1);
    const int wanted = wanted_threads(1e-9 * plan->nanoseconds);
    if (wanted > 1)
        plan = &resolver_.resolve(asked_, wanted);
    if (inputs.size() != plan_.inputs.size())
        refuse("there are ", inputs.size(), " inputs instead of ", plan_.inputs.size(), ".");
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const int number = plan_.inputs[i];
        const Block& block = plan->blocks[number];
        require(inputs[i], plan_.buffers[number].dtype, block.numbers(), number);
        copy_rows(block.base, inputs[i].data, inputs[i].bytes(), nullptr, 1);
    }
    for (const Output& output : outputs)
        require(output.array, plan_.buffers[output.buffer].dtype, block_for(output, *plan, count).numbers(),
                output.buffer);
    perform(wanted, [&](Member& member) {
        member.enter(*plan, 0);
        member.run(0, count);
    });
    for (const Output& output : outputs)
        copy_out(output.buffer, block_for(output, *plan, count), output.array);
}

} // namespace pellucid
