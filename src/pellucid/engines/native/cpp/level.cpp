#include "level.h"

#include <cstdlib>
#include <stdexcept>
#include <string>

#ifdef _WIN32
#include <windows.h>
#endif

namespace pellucid {

namespace baseline {
const Kernels& kernels();
}
namespace avx2 {
const Kernels& kernels();
}
namespace avx512 {
const Kernels& kernels();
}

namespace {

// What a level is compiled for has to be in the processor, and the system has to save the wider registers;
// both questions below ask for both.

#ifdef PELLUCID_HAS_AVX2
bool can_run_avx2() {
#ifdef _WIN32
    return IsProcessorFeaturePresent(PF_AVX2_INSTRUCTIONS_AVAILABLE);
#else
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
}
#endif

#ifdef PELLUCID_HAS_AVX512
bool can_run_avx512() {
#ifdef _WIN32
    return IsProcessorFeaturePresent(PF_AVX512F_INSTRUCTIONS_AVAILABLE);
#else
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#endif
}
#endif

Level choose() {
    const std::vector<Level> able = levels();
    const char* wanted = std::getenv("PELLUCID_LEVEL");
    if (wanted == nullptr || *wanted == '\0')
        return able.back();
    std::string names;
    for (const Level& level : able) {
        if (level.name == wanted)
            return level;
        names += names.empty() ? "" : " or ";
        names += level.name;
    }
    throw std::invalid_argument("the environment variable PELLUCID_LEVEL names no level that runs here: expected " +
                                names + ", received " + wanted + "; try without it.");
}

} // namespace

std::vector<Level> levels() {
    std::vector<Level> able{{"baseline", baseline::kernels}};
#ifdef PELLUCID_HAS_AVX2
    if (can_run_avx2())
        able.push_back({"avx2", avx2::kernels});
#endif
#ifdef PELLUCID_HAS_AVX512
    if (can_run_avx512())
        able.push_back({"avx512", avx512::kernels});
#endif
    return able;
}

const Level& level() {
    static const Level chosen = choose();
    return chosen;
}

} // namespace pellucid
