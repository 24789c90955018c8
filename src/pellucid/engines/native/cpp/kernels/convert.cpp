#include "convert.h"

#include <type_traits>

namespace pellucid::PELLUCID_LEVEL {

namespace {

// Nothing overlaps: one side is a slot.
template <class To, class From, class Convert>
void move(To* __restrict to, const From* __restrict from, std::int64_t columns, Convert convert) {
    for (std::int64_t column = 0; column < columns; ++column)
        to[column] = convert(from[column]);
}

} // namespace

template <class T>
void load_numbers(T* to, std::int64_t pitch, const Strided& from, std::int64_t rows, std::int64_t columns) {
    with_type(from.dtype, from.start, [=, step = from.column, down = from.row]<class From>(const From* row) {
        const auto convert = [](From number) { return static_cast<T>(number); };
        T* slot = to;
        for (std::int64_t i = 0; i < rows; ++i, row += down, slot += pitch) {
            if (step == 1)
                move(slot, row, columns, convert);
            else if (step == 0)
                for (std::int64_t column = 0; column < columns; column += lanes<T>) // slots have whole vectors
                    store(slot + column, broadcast(convert(*row)));
            else
                for (std::int64_t column = 0; column < columns; ++column)
                    slot[column] = convert(row[column * step]);
        }
    });
}

template <class T>
void store_numbers(const Strided& to, const T* from, std::int64_t pitch, std::int64_t rows, std::int64_t columns) {
    with_type(to.dtype, to.start,
              [=, step = to.column, down = to.row, truth = to.dtype == Dtype::boolean]<class To>(To* row) {
                  const auto place = [=](auto convert) {
                      To* place = row;
                      const T* slot = from;
                      for (std::int64_t i = 0; i < rows; ++i, place += down, slot += pitch) {
                          if (step == 1)
                              move(place, slot, columns, convert);
                          else
                              for (std::int64_t column = 0; column < columns; ++column)
                                  place[column * step] = convert(slot[column]);
                      }
                  };
                  if constexpr (std::is_same_v<To, std::uint8_t>)
                      if (truth)
                          return place([](T number) { return static_cast<To>(number != 0); });
                  place([](T number) { return static_cast<To>(number); });
              });
}

#define PELLUCID_CONVERT(T)                                                                      \
    template void load_numbers<T>(T*, std::int64_t, const Strided&, std::int64_t, std::int64_t); \
    template void store_numbers<T>(const Strided&, const T*, std::int64_t, std::int64_t, std::int64_t);
PELLUCID_CONVERT(float)
PELLUCID_CONVERT(double)
PELLUCID_CONVERT(std::int64_t)
PELLUCID_CONVERT(std::uint64_t)
#undef PELLUCID_CONVERT

} // namespace pellucid::PELLUCID_LEVEL
