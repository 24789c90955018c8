#include "kernels.h"
#include "matrices.h"
#include "move.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

constexpr std::int64_t kSideBySide = 16384; // numbers of a tile whose rows are copied as they lie
constexpr std::int64_t kScattered = 64;     // rows and columns of a tile whose numbers do not lie side by side
constexpr std::int64_t kConverted = 4096;   // numbers of a tile that is converted
constexpr std::int64_t kFilled = 16384;

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
    case Dtype::float32:
        return convert<float>(to, from, rows, columns, context);
    case Dtype::float64:
        return convert<double>(to, from, rows, columns, context);
    case Dtype::int8:
    case Dtype::int16:
    case Dtype::int32:
    case Dtype::int64:
        return convert<std::int64_t>(to, from, rows, columns, context);
    default:
        return convert<std::uint64_t>(to, from, rows, columns, context);
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
    const Place whole_to = place_of(to, context, work.axes - 2, work.axes - 1);
    const Place whole_from = place_of(from, context, work.axes - 2, work.axes - 1);
    Matrices matrices(work);
    const bool converts = to.dtype != from.dtype;
    if (converts)
        matrices.cut(kConverted, kConverted, work.tensors, 2);
    else if (whole_to.column == 1 && whole_from.column == 1)
        matrices.cut(kSideBySide, kSideBySide, work.tensors, 2);
    else
        matrices.cut(kScattered * kScattered, matrices.rows == 1 ? kSideBySide : kScattered, work.tensors, 2);
    Place to_place, from_place;
    for_tiles(
        work, matrices, context,
        [&](const std::int64_t* index) {
            to_place = whole_to.entered(index, matrices.outer);
            from_place = whole_from.entered(index, matrices.outer);
        },
        [&](std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
            const Strided to_tile = numbers_at(to_place, row, column), from_tile = numbers_at(from_place, row, column);
            if (converts)
                convert_numbers(to_tile, from_tile, rows, columns, context);
            else
                move_numbers(to_tile, from_tile, rows, columns);
        });
}

void fill(const Work& work, Context& context) {
    const Tensor& tensor = work.tensors[0];
    const double value = context.registers[work.options[0]];
    const Place whole = place_of(tensor, context, work.axes - 2, work.axes - 1);
    Matrices matrices(work);
    matrices.cut(kFilled, kFilled, &tensor, 1);
    Place place;
    with_type(tensor.dtype, nullptr, [&]<class T>(const T*) {
        const T number = static_cast<T>(tensor.dtype == Dtype::boolean ? value != 0 : value);
        for_tiles(
            work, matrices, context, [&](const std::int64_t* index) { place = whole.entered(index, matrices.outer); },
            [&](std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
                fill_numbers(numbers_at(place, row, column), number, rows, columns);
            });
    });
}

} // namespace pellucid::PELLUCID_LEVEL
