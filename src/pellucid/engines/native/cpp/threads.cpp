#include "threads.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#include "refuse.h"
#include "work.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif
#if defined(_WIN32)
#include <windows.h>
#elif defined(__linux__)
#include <sched.h>
#endif
#if !defined(_WIN32)
#include <pthread.h>
#endif

namespace pellucid {

namespace {

constexpr int kSpins = 2000;

void pause() {
#if defined(__SSE2__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

int processors() {
#if defined(_WIN32)
    DWORD_PTR process = 0, system = 0;
    if (GetProcessAffinityMask(GetCurrentProcess(), &process, &system))
        return __builtin_popcountll(process);
#elif defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return CPU_COUNT(&set);
#endif
    return static_cast<int>(std::thread::hardware_concurrency());
}

std::atomic<int> most_threads{0};

// While it lives, numbers too small for the full precision count as 0 on this thread: the processor takes a hundred
// times as long for them, and a network that has learnt is full of them.
class FlushToZero {
public:
#if defined(__SSE2__)
    FlushToZero() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040); }
    ~FlushToZero() { _mm_setcsr(before_); }

private:
    unsigned before_;
#elif defined(__aarch64__)
    FlushToZero() {
        asm volatile("mrs %0, fpcr" : "=r"(before_));
        asm volatile("msr fpcr, %0" : : "r"(before_ | (std::uint64_t{1} << 24)));
    }
    ~FlushToZero() { asm volatile("msr fpcr, %0" : : "r"(before_)); }

private:
    std::uint64_t before_;
#else
    FlushToZero() {}
#endif
};

struct Release {
    void operator()(std::byte* memory) const { ::operator delete(memory, std::align_val_t(64)); }
};
using Scratch = std::unique_ptr<std::byte, Release>;

Scratch new_scratch() {
    return Scratch(static_cast<std::byte*>(::operator new(kScratch, std::align_val_t(64))));
}

thread_local Scratch own_scratch;

// The threads beside that of the caller. They are never joined: they sleep when the process ends.
class Pool {
public:
    Pool() { workers_.reserve(kMostThreads); }

    // The pool of this process. A child of fork() has none of its parent's threads, and makes a pool of its own.
    static Pool& here() {
#if !defined(_WIN32)
        static const int registered = pthread_atfork(nullptr, nullptr, [] { current_ = nullptr; });
        static_cast<void>(registered);
#endif
        Pool* pool = current_;
        if (pool == nullptr) {
            auto made = std::make_unique<Pool>();
            if (current_.compare_exchange_strong(pool, made.get()))
                pool = made.release();
        }
        return *pool;
    }

    bool take() { return !taken_.exchange(true, std::memory_order_acquire); }
    void give_back() { taken_.store(false, std::memory_order_release); }

    // How many threads can run together, the caller's included, if that many are wanted.
    int grow(int wanted) {
        wanted = std::min(wanted, kMostThreads);
        while (static_cast<int>(workers_.size()) < wanted - 1)
            try {
                auto worker = std::make_unique<Worker>();
                const int number = static_cast<int>(workers_.size()) + 1;
                std::thread([this, &worker = *worker, number] { work(worker, number); }).detach();
                workers_.push_back(std::move(worker));
            } catch (const std::exception&) { // no memory, or the system gives no more threads: fewer will do
                break;
            }
        return std::min(wanted, static_cast<int>(workers_.size()) + 1);
    }

    void run(Team& team, Job job, void* argument) {
        team_ = &team;
        job_ = job;
        argument_ = argument;
        running_.store(team.size - 1, std::memory_order_relaxed);
        for (int i = 0; i < team.size - 1; ++i) {
            Worker& worker = *workers_[static_cast<std::size_t>(i)];
            worker.calls.fetch_add(1, std::memory_order_release);
            worker.calls.notify_one();
        }
        job(argument, team, 0);
        for (int spins = 0; running_.load(std::memory_order_acquire) > 0 && spins < kSpins; ++spins)
            pause();
        for (int left; (left = running_.load(std::memory_order_acquire)) > 0;)
            running_.wait(left, std::memory_order_acquire);
    }

private:
    struct Worker {
        alignas(64) std::atomic<int> calls{0};
        Scratch scratch = new_scratch();
    };

    void work(Worker& worker, int number) {
        const FlushToZero flush;
        own_scratch = std::move(worker.scratch);
        for (int seen = 0;; ++seen) {
            worker.calls.wait(seen, std::memory_order_acquire);
            job_(argument_, *team_, number);
            if (running_.fetch_sub(1, std::memory_order_acq_rel) == 1)
                running_.notify_one();
        }
    }

    static inline std::atomic<Pool*> current_{nullptr};
    std::atomic<bool> taken_{false};
    std::vector<std::unique_ptr<Worker>> workers_;
    Team* team_ = nullptr;
    Job job_ = nullptr;
    void* argument_ = nullptr;
    std::atomic<int> running_{0}; // workers that are not done with the present job
};

} // namespace

int threads() {
    const int most = most_threads.load(std::memory_order_relaxed), all = std::clamp(processors(), 1, kMostThreads);
    return most == 0 ? all : std::min(most, all);
}

void set_threads(int most) {
    if (most < 0)
        refuse("the number of threads cannot be ", most, ": it is 1 or more, or 0 for all processors.");
    most_threads.store(most, std::memory_order_relaxed);
}

bool Claims::take(int thing, std::int64_t round) {
    std::atomic<std::int64_t>& last = rounds_[thing];
    std::int64_t seen = last.load(std::memory_order_relaxed);
    while (seen < round)
        if (last.compare_exchange_weak(seen, round, std::memory_order_relaxed))
            return true;
    return false;
}

void Barrier::wait() {
    const int round = round_.load(std::memory_order_relaxed);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) == members_ - 1) {
        arrived_.store(0, std::memory_order_relaxed);
        round_.store(round + 1, std::memory_order_release);
        return;
    }
    for (int spins = 0; round_.load(std::memory_order_acquire) == round; ++spins)
        if (spins < kSpins)
            pause();
        else
            std::this_thread::yield();
}

void run_together(int wanted, Job job, void* argument) {
    const FlushToZero flush;
    if (wanted > 1) {
        Pool& pool = Pool::here();
        if (pool.take()) {
            Team team(pool.grow(wanted));
            pool.run(team, job, argument);
            pool.give_back();
            return;
        }
    }
    Team alone(1);
    job(argument, alone, 0);
}

std::byte* scratch() {
    if (own_scratch == nullptr)
        own_scratch = new_scratch();
    return own_scratch.get();
}

} // namespace pellucid
