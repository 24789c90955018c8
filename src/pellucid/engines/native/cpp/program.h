// A program: a plan with its memory and its registers, ready to run.
#pragma once

#include <mutex>
#include <span>
#include <vector>

#include "plan.h"
#include "resolve.h"
#include "run.h"

namespace pellucid {

// An array of the caller's: numbers that lie side by side, row after row.
struct Array {
    std::byte* data = nullptr;
    Dtype dtype = Dtype::float32;
    std::int64_t numbers = 0;
    std::int64_t length = 1; // of the first axis

    std::int64_t bytes() const { return numbers * size_of(dtype); }
};

// Where the numbers of a buffer go when a plan has run.
struct Output {
    int buffer;
    Array array;
};

// An array with the examples along its first axis, and the buffer that has those of one batch.
struct Examples {
    std::byte* data;
    int buffer;
    std::int64_t bytes; // of one example
};

// A plan for whole batches, and for the smaller one that is left over, if there is one.
struct Sizes {
    const Resolved* whole = nullptr;
    const Resolved* rest = nullptr;
    double seconds = 0; // a guess at what all of them take, one after the other

    const Resolved& first() const { return whole != nullptr ? *whole : *rest; }
};

// All methods but `lock` want the lock to be held. What is wrong with arguments is a std::invalid_argument.
class Program {
public:
    explicit Program(Plan plan);

    std::mutex& lock() { return lock_; }
    const Plan& plan() const { return plan_; }
    const Kernels& kernels() const { return kernels_; }

    // The numbers of state, in the order of rows whatever their layout.
    void write(int buffer, const Array& array);
    void read(int buffer, const Array& array) const;

    double get(int number) const;
    void set(int number, double value);

    // How many threads take part in a run; 0: as many as pay.
    int threads() const { return threads_; }
    void set_threads(int count);
    // How many may, at most.
    int most_threads() const;

    // Prepares runs over `count` examples in batches. `sizes` are the values of the symbols that stand neither for the
    // batch (that is the first one) nor for chunks, in the order of the plan. What comes back holds until the next call.
    Sizes prepare(std::int64_t count, std::int64_t batch, std::span<const std::int64_t> sizes, int most_threads);

    // Checks arrays of `count` examples each against a plan, for inputs and for what is left after a run.
    void find_sources(std::span<const Array> inputs, std::int64_t count, const Resolved& plan,
                      std::vector<Examples>& sources) const;
    void find_targets(std::span<const Output> outputs, std::int64_t count, const Resolved& plan,
                      std::vector<Examples>& targets) const;

    // Runs the plan but for its epilogue over all examples, `block` of them at a time. Inputs and outputs have the
    // examples along their first axis.
    void call(std::span<const Array> inputs, std::span<const Output> outputs, std::int64_t block,
              std::span<const std::int64_t> sizes);

    // Runs the whole plan once, with whole arrays. `sizes` are the values of all symbols that do not stand for chunks.
    void apply(std::span<const Array> inputs, std::span<const Output> outputs, std::span<const std::int64_t> sizes);

    // Runs part(member) on up to `wanted` threads.
    template <class Part>
    void perform(int wanted, Part part) {
        take_seats(wanted);
        run_together(wanted, [&](Team& team, int number) {
            Seat& seat = seats_[static_cast<std::size_t>(number)];
            Member member(team, number, kernels_, number == 0 ? registers_.data() : seat.registers.data(), seat.wrong);
            part(member);
        });
        find_wrong();
    }

    // Puts a member's share of a batch where the plan wants it: the examples that `order` lists from `start` on, or
    // those that lie there if it is null. Or takes its share of the results.
    static void take_batch(const Member& member, const Resolved& plan, std::span<const Examples> sources,
                           const std::int32_t* order, std::int64_t start);
    static void give_batch(const Member& member, const Resolved& plan, std::span<const Examples> targets,
                           std::int64_t start);

    // Runs the instructions of one batch after `take_batch`.
    void run_batch(Member& member) const;

    // The first index of the last run that led out of its array.
    const WrongIndex& wrong() const { return wrong_; }
    void forget_wrong() { wrong_ = {}; }

private:
    // What belongs to one thread, away from what belongs to another.
    struct alignas(64) Seat {
        std::vector<double> registers;
        WrongIndex wrong;
    };

    void take_seats(int count);
    void find_wrong();
    int wanted_threads(double seconds) const;
    void ask(std::int64_t batch, std::span<const std::int64_t> sizes);
    const Block& state(int number, const Array& array) const;
    const Block& block_for(const Output& output, const Resolved& plan, int end) const;
    std::int64_t bytes_of_example(const Array& array, std::int64_t count, int buffer, const Resolved& plan) const;
    void copy_out(int buffer, const Block& block, const Array& array) const;

    std::mutex lock_;
    const Plan plan_;
    const Kernels& kernels_;
    Resolver resolver_;
    std::vector<double> registers_;
    std::vector<Seat> seats_;
    std::vector<bool> given_; // for each symbol: whether its value comes from the caller
    // Used within one call, and kept for the sake of their memory:
    std::vector<std::int64_t> asked_;
    std::vector<Examples> sources_, targets_;
    int threads_ = 0;
    WrongIndex wrong_;
};

} // namespace pellucid
