// What is wrong with a plan or with a call, as an exception.
#pragma once

#include <sstream>
#include <stdexcept>

namespace pellucid {

// Throws std::invalid_argument with all parts as one text.
template <class... Parts>
[[noreturn]] void refuse(const Parts&... parts) {
    std::ostringstream text;
    (text << ... << parts);
    throw std::invalid_argument(text.str());
}

} // namespace pellucid
