// The training loop: epochs, batches, the order of examples; in slices of time.
#pragma once

#include <span>
#include <vector>

#include "pace.h"
#include "program.h"
#include "random.h"

namespace pellucid {

struct LoopOptions {
    std::int64_t batch_size, epochs;
    bool shuffle;
    std::uint64_t seed = 0;          // of the order
    std::int64_t first_epoch = 0;    // its number in the stream of orders
    std::int64_t skip = 0;           // batches of that epoch that are done already
    std::vector<int> resets;         // registers that become 0 when an epoch begins
    std::vector<int> results;        // registers whose values go into the history when it ends
    std::vector<std::int64_t> sizes; // see Program::prepare
};

// After an index that leads out of its array (`wrong`), the step that met it is half done: the state is undefined, and
// the loop cannot go on.
class Loop {
public:
    // The program and the arrays have to outlive the loop.
    Loop(Program& program, std::span<const Array> inputs, LoopOptions options);

    // Trains until the time is up, this many epochs are finished or this many batches done; at least one batch, if
    // there is one left. The program's lock has to be held.
    void advance(double seconds, std::int64_t epochs, std::int64_t batches);

    // The examples of the next batch, as it takes them. The program's lock has to be held.
    std::vector<std::int32_t> rows();

    // The results as they would be if the epoch ended now. The program's lock has to be held.
    std::vector<double> results();

    // Where the loop stands: finished epochs, and batches of the present one.
    struct Place {
        std::int64_t epoch = 0, batch = 0;
    };
    Place place() const { return place_; }
    std::int64_t batches() const { return batches_; }
    std::size_t results_of_epoch() const { return options_.results.size(); }

    // The results of all finished epochs, one row after the other.
    const std::vector<double>& history() const { return history_; }
    const WrongIndex& wrong() const { return wrong_; }

private:
    struct Slice;

    void run(Member& member, Slice& slice);
    bool enter_epoch(Member& member, const Place& at, Slice& slice);
    void arrange(std::int64_t epoch);
    void step(Member& member, Place& at, Slice& slice);

    Program& program_;
    const std::vector<Array> inputs_;
    const LoopOptions options_;
    std::int64_t count_, batches_;
    bool shuffles_;
    std::vector<Examples> sources_;
    Pace pace_{0};
    Place place_;
    std::vector<std::int32_t> order_; // of an epoch; empty: one after the other
    std::int64_t arranged_ = -1;      // which epoch that is
    ShuffleMemory memory_;
    std::vector<double> history_;
    WrongIndex wrong_;
};

} // namespace pellucid
