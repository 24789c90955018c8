#include "pace.h"

#include <algorithm>
#include <chrono>

namespace pellucid {

namespace {

constexpr double kWorthSharing = 8e-6; // seconds of a round; sharing out less is lost time
constexpr double kTrial = 300e-6;      // how long a number of threads is tried, if a round takes less
constexpr double kTrusted = 1.0;       // how long a result is taken for true, at least,
constexpr double kDoubted = 0.1;       // and how long if rounds then turn out
constexpr double kSlower = 1.5;        // so much slower
constexpr double kShare = 0.01;        // of all time that trials may take
constexpr double kGain = 0.95;         // what a larger number of threads must come down to

} // namespace

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Pace::Leg Pace::next(int most_threads) {
    if (most_threads == 1 || guess_ < kWorthSharing)
        return {1, 1e9};
    if (most_threads != most_) {
        most_ = most_threads;
        best_ = std::min(best_, most_);
        trials_.clear();
        done_ = 0;
        trusted_ = 0;
    }
    if (!trying() && now() >= ended_ + trusted_)
        begin_trials();
    if (trying())
        return {trials_[done_].threads, kTrial};
    return {best_, std::max(kTrial, ended_ + trusted_ - now())};
}

void Pace::note(double seconds, double rounds) {
    const double each = seconds / rounds;
    if (!trying()) {
        if (expected_ > 0 && each > kSlower * expected_)
            trusted_ = std::min(trusted_, kDoubted);
        return;
    }
    if (!warm_) {
        warm_ = true;
        return;
    }
    trials_[done_++].seconds = each;
    if (!trying())
        end_trials();
}

// At first all powers of two are tried, later the neighbours of the best. Each is tried twice: a moment's
// disturbance hardly meets it both times.
void Pace::begin_trials() {
    trials_.clear();
    done_ = 0;
    began_ = now();
    const int least = expected_ == 0 ? 1 : std::max(1, best_ / 2);
    const int largest = expected_ == 0 ? most_ : std::min(most_, 2 * best_);
    for (int twice = 0; twice < 2; ++twice)
        for (int threads = least;; threads = std::min(largest, 2 * threads)) {
            trials_.push_back({threads, 0});
            if (threads == largest)
                break;
        }
}

void Pace::end_trials() {
    const std::size_t half = trials_.size() / 2;
    expected_ = 0;
    for (std::size_t i = 0; i < half; ++i) {
        const double seconds = std::min(trials_[i].seconds, trials_[i + half].seconds);
        if (expected_ == 0 || seconds < kGain * expected_) {
            best_ = trials_[i].threads;
            expected_ = seconds;
        }
    }
    ended_ = now();
    trusted_ = std::max(kTrusted, (ended_ - began_) / kShare);
}

} // namespace pellucid
