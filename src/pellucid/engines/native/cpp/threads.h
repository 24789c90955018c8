// Threads: a pool of them that sleeps between calls, and how those that run together wait for each other.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace pellucid {

inline constexpr int kMostThreads = 256;

// How many threads may run together: as many as this process has processors, or fewer if set_threads says so.
int threads();

// Sets the most threads that may run together; 0: as many as there are processors. Throws std::invalid_argument for
// a negative number.
void set_threads(int most);

// Where threads meet. Waiting is short inside a run, so it is done by looking again and again; after a while,
// which means that another process has the processor, by letting others run.
class Barrier {
public:
    explicit Barrier(int members) : members_(members) {}
    void wait();

private:
    const int members_;
    alignas(64) std::atomic<int> arrived_{0};
    alignas(64) std::atomic<int> round_{0};
};

// Work that members of a team take as they come to it: whoever is held up gets less.
class Claims {
public:
    // Whether a thing is still to be done in a round, and belongs to the caller from now on. Rounds are counted upwards.
    // Who goes on to the next one has found everything of this one claimed, so those behind cannot miss anything.
    bool take(int thing, std::int64_t round);

    static constexpr int kThings = 64;

private:
    std::atomic<std::int64_t> rounds_[kThings] = {}; // the last in which each was taken
};

// The threads that run one job.
struct Team {
    explicit Team(int members) : size(members), barrier(members) {}
    const int size;
    Barrier barrier;
    Claims claims;
};

using Job = void (*)(void* argument, Team& team, int number);

// Runs a job on this thread, as number 0, and on up to wanted - 1 others at the same time; returns when all are done.
// There may be fewer: while another thread of this process runs a job on the pool, there are none.
void run_together(int wanted, Job job, void* argument);

// The same for a function of (Team&, number).
template <class Function>
void run_together(int wanted, Function&& function) {
    using Plain = std::remove_reference_t<Function>;
    run_together(
        wanted, [](void* argument, Team& team, int number) { (*static_cast<Plain*>(argument))(team, number); },
        const_cast<void*>(static_cast<const void*>(&function)));
}

// This thread's scratch memory: kScratch bytes (work.h).
std::byte* scratch();

} // namespace pellucid
