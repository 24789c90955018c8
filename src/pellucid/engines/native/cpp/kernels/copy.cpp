#include <algorithm>

#include "kernels.h"
#include "matrices.h"
#include "move.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

// Numbers of a tile, and of a tile that is converted; columns where the numbers of a row do not lie side by side.
constexpr std::int64_t kTile = 16384, kConverted = 4096, kScattered = 64;

// By way of scratch memory, in lanes that hold every number of the source.
template <class T>
void convert(const Strided& to, const Strided& from, std::int64_t rows, std::int64_t columns, const Context& context) {
    T* slot = reinterpret_cast<T*>(context.scratch);
    const std::int64_t pitch = slot_row<T>(columns);
    load_numbers(slot, pitch, from, rows, columns);
    store_numbers(to, slot, pitch, rows, columns);
}

void convert_numbers(const Strided& to, const Strided& from, std::int64_t rows, std::int64_t columns,
                     const Context& context) {
    switch (from.dtype) {
    case Dtype::float32: return convert<float>(to, from, rows, columns, context);
    case Dtype::float64: return convert<double>(to, from, rows, columns, context);
    case Dtype::int8:
    case Dtype::int16:
    case Dtype::int32:
    case Dtype::int64: return convert<std::int64_t>(to, from, rows, columns, context);
    default: return convert<std::uint64_t>(to, from, rows, columns, context);
    }
}

template <class T>
void fill_numbers(const Strided& to, T number, std::int64_t rows, std::int64_t columns) {
    T* place = reinterpret_cast<T*>(to.start);
    for (; rows > 0; --rows, place += to.row) {
        if (to.column == 1)
            std::fill_n(place, columns, number);
        else
            for (std::int64_t column = 0; column < columns; ++column)
                place[column * to.column] = number;
    }
}

} // namespace

void copy(const Work& work, Context& context) {
    const Tensor &to = work.tensors[0], &from = work.tensors[1];
    const int row = work.axes - 2, column = work.axes - 1;
    const Place places[] = {place_of(to, context, row, column), place_of(from, context, row, column)};
    const bool converts = to.dtype != from.dtype, side_by_side = places[0].column == 1 && places[1].column == 1;
    Matrices matrices(work);
    const std::int64_t widest = converts ? kConverted : matrices.rows == 1 || side_by_side ? kTile : kScattered;
    matrices.cut_columns(widest, to);
    matrices.cut_columns(widest, from);
    matrices.cut_rows(converts ? kConverted : kTile);
    for_tiles(work, matrices, context, places,
              [&](const Place* place, std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
                  const Strided to = numbers_at(place[0], row, column), from = numbers_at(place[1], row, column);
                  if (converts)
                      convert_numbers(to, from, rows, columns, context);
                  else
                      move_numbers(to, from, rows, columns);
              });
}

void fill(const Work& work, Context& context) {
    const Tensor& tensor = work.tensors[0];
    const double value = context.registers[work.options[0]];
    const Place places[] = {place_of(tensor, context, work.axes - 2, work.axes - 1)};
    Matrices matrices(work);
    matrices.cut_columns(kTile, tensor);
    matrices.cut_rows(kTile);
    with_type(tensor.dtype, nullptr, [&]<class T>(const T*) {
        const T number = static_cast<T>(tensor.dtype == Dtype::boolean ? value != 0 : value);
        for_tiles(work, matrices, context, places,
                  [&](const Place* place, std::int64_t row, std::int64_t rows, std::int64_t column,
                      std::int64_t columns) { fill_numbers(numbers_at(*place, row, column), number, rows, columns); });
    });
}

} // namespace pellucid::PELLUCID_LEVEL
