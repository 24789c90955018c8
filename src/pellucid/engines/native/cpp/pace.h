// How many threads are worth their while: found by trying, since it hangs on the work, on the machine, and on what else
// runs there at the moment. No result hangs on it.
#pragma once

#include <cstddef>
#include <vector>

namespace pellucid {

// Seconds since some moment.
double now();

class Pace {
public:
    // Starts with a guess at the seconds that a round takes on one thread. Rounds that are too short to be shared are
    // not tried on more.
    explicit Pace(double guess) : guess_(guess) {}

    // With how many threads to go on, and for how many seconds until `note`.
    struct Leg {
        int threads;
        double seconds;
    };
    Leg next(int most_threads);

    // Says how long the rounds of a leg took.
    void note(double seconds, double rounds);

private:
    struct Trial {
        int threads;
        double seconds; // of a round, once it is known
    };
    bool trying() const { return done_ < trials_.size(); }
    void begin_trials();
    void end_trials();

    double guess_;
    int most_ = 0, best_ = 1;
    double expected_ = 0;          // seconds of a round with the best; 0: nothing has been tried yet
    double began_ = 0, ended_ = 0; // the last trials
    double trusted_ = 0;           // how long they hold
    bool warm_ = false;            // the very first rounds are slow on any number of threads
    std::vector<Trial> trials_;
    std::size_t done_ = 0;
};

} // namespace pellucid
