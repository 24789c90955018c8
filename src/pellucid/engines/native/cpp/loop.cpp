#include "loop.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <numeric>

#include "refuse.h"

namespace pellucid {

namespace {

constexpr double kLook = 50e-6; // seconds between two looks at the clock

// Tells, with few looks at the clock, when the time is up.
class Timer {
public:
    explicit Timer(double until) : until_(until), looked_(now()) {}

    bool is_up() {
        if (--calls_ > 0)
            return false;
        const double time = now();
        if (time - looked_ < kLook / 2)
            between_ *= 2;
        else if (time - looked_ > kLook)
            between_ = std::max<std::int64_t>(1, between_ / 2);
        looked_ = time;
        calls_ = between_;
        return time >= until_;
    }

private:
    double until_, looked_;
    std::int64_t between_ = 1, calls_ = 1;
};

} // namespace

// What the members of a team share while they train for a while.
struct Loop::Slice {
    Sizes plans;
    double until;
    std::int64_t last_epoch, batches;
    // Written by the leader before they meet, read by all after it.
    bool stops = false;
    std::exception_ptr error = nullptr;
    // Set by whoever meets a wrong index.
    std::atomic<bool> failed{false};
    double began = 0, ended = 0;
    std::int64_t done = 0; // batches
};

Loop::Loop(Program& program, std::span<const Array> inputs, LoopOptions options)
    : program_(program), inputs_(inputs.begin(), inputs.end()), options_(std::move(options)) {
    if (program.plan().symbols.empty() || inputs_.empty() || inputs_[0].length == 0)
        refuse("a loop needs examples, and a plan with a batch.");
    count_ = inputs_[0].length;
    if (count_ > INT32_MAX)
        refuse("there are ", count_, " examples, more than ", INT32_MAX, ".");
    if (options_.epochs < 0 || options_.first_epoch < 0)
        refuse("epochs are counted from 0.");
    for (const std::vector<int>* registers : {&options_.resets, &options_.results})
        for (const int number : *registers)
            static_cast<void>(program.get(number)); // refuses one that does not exist
    const Sizes plans = program.prepare(count_, options_.batch_size, options_.sizes, 1);
    program.find_sources(inputs_, count_, plans.first(), sources_);
    batches_ = (count_ - 1) / options_.batch_size + 1;
    if (options_.skip < 0 || options_.skip >= batches_)
        refuse("of the first epoch, ", options_.skip, " batches cannot be done: it has ", batches_, ".");
    place_.batch = options_.skip;
    // In which order one batch has all examples changes nothing but rounding, unless random numbers go with them.
    const auto is_random = [](const Instruction& instruction) { return instruction.kind == Kind::random; };
    shuffles_ = options_.shuffle && (batches_ > 1 || std::ranges::any_of(program.plan().instructions, is_random));
    pace_ = Pace(plans.seconds / static_cast<double>(batches_));
}

void Loop::advance(double seconds, std::int64_t epochs, std::int64_t batches) {
    if (wrong_.found)
        refuse("the loop met an index that led out of its array, and cannot go on.");
    const double until = now() + seconds;
    const std::int64_t last_epoch = place_.epoch + std::clamp<std::int64_t>(epochs, 0, options_.epochs - place_.epoch);
    std::int64_t left = std::max<std::int64_t>(1, batches);
    bool up = false;
    while (place_.epoch < last_epoch && left > 0 && !up) {
        const int most = program_.most_threads();
        const Pace::Leg leg = program_.threads() > 0 ? Pace::Leg{most, seconds} : pace_.next(most);
        Slice slice;
        slice.plans = program_.prepare(count_, options_.batch_size, options_.sizes, most);
        slice.until = std::min(until, now() + leg.seconds);
        slice.last_epoch = last_epoch;
        slice.batches = left;
        program_.perform(leg.threads, [&](Member& member) { run(member, slice); });
        history_.resize(static_cast<std::size_t>(place_.epoch) * options_.results.size());
        if (slice.error)
            std::rethrow_exception(slice.error);
        if (slice.failed) {
            wrong_ = program_.wrong();
            if (!order_.empty())
                wrong_.example = order_[static_cast<std::size_t>(wrong_.example)];
            return;
        }
        pace_.note(slice.ended - slice.began, static_cast<double>(slice.done));
        left -= slice.done;
        up = slice.ended >= until;
    }
}

std::vector<double> Loop::results() {
    const Sizes plans = program_.prepare(count_, options_.batch_size, options_.sizes, 1);
    program_.perform(1, [&](Member& member) {
        member.enter(plans.first(), 0);
        member.run(program_.plan().epilogue, static_cast<int>(program_.plan().instructions.size()));
    });
    std::vector<double> results;
    for (const int number : options_.results)
        results.push_back(program_.get(number));
    return results;
}

void Loop::run(Member& member, Slice& slice) {
    Place at = place_;
    Timer timer(slice.until);
    for (std::int64_t done = 0;; ++done) {
        if (member.leads())
            slice.stops = done > 0 && timer.is_up();
        member.meet(); // the batch before is done by all
        if (slice.failed.load(std::memory_order_relaxed))
            return;
        if (member.leads()) {
            place_ = at;
            slice.done = done;
            if (done == 0)
                slice.began = now();
        }
        if (slice.stops || at.epoch == slice.last_epoch || done == slice.batches)
            break;
        if ((at.batch == 0 || done == 0) && !enter_epoch(member, at, slice))
            break;
        step(member, at, slice);
    }
    if (member.leads())
        slice.ended = now();
}

// Begins an epoch, or goes on with it; returns whether it could.
bool Loop::enter_epoch(Member& member, const Place& at, Slice& slice) {
    if (member.leads())
        try {
            const std::size_t needed = history_.size() + options_.results.size();
            if (history_.capacity() < needed)
                history_.reserve(2 * needed);
            arrange(at.epoch);
        } catch (...) { // no memory: all have to hear of it
            slice.error = std::current_exception();
        }
    if (at.batch == 0)
        for (const int number : options_.resets)
            member.registers()[number] = 0;
    member.meet();
    return slice.error == nullptr;
}

void Loop::arrange(std::int64_t epoch) {
    if (!shuffles_ || arranged_ == epoch)
        return;
    arranged_ = -1;
    order_.resize(static_cast<std::size_t>(count_));
    program_.kernels().shuffle(count_, options_.seed, options_.first_epoch + epoch, order_.data(), memory_);
    arranged_ = epoch;
}

std::vector<std::int32_t> Loop::rows() {
    arrange(place_.epoch);
    const std::int64_t start = place_.batch * options_.batch_size;
    std::vector<std::int32_t> rows(static_cast<std::size_t>(std::min(options_.batch_size, count_ - start)));
    if (order_.empty())
        std::iota(rows.begin(), rows.end(), static_cast<std::int32_t>(start));
    else
        std::copy_n(order_.begin() + start, rows.size(), rows.begin());
    return rows;
}

void Loop::step(Member& member, Place& at, Slice& slice) {
    const bool last = at.batch == batches_ - 1;
    const Resolved& plan = last && slice.plans.rest != nullptr ? *slice.plans.rest : *slice.plans.whole;
    const std::int64_t start = at.batch * options_.batch_size;
    member.enter(plan, start);
    Program::take_batch(member, plan, sources_, order_.empty() ? nullptr : order_.data(), start);
    program_.run_batch(member);
    ++at.batch;
    if (last) {
        member.run(program_.plan().epilogue, static_cast<int>(program_.plan().instructions.size()));
        if (member.leads())
            for (const int number : options_.results)
                history_.push_back(member.registers()[number]);
        at = {at.epoch + 1, 0};
    }
    if (member.met_wrong_index())
        slice.failed.store(true, std::memory_order_relaxed);
}

} // namespace pellucid
