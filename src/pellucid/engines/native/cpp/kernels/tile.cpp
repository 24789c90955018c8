#include "tile.h"

#include <utility>

#include "convert.h"

namespace pellucid::PELLUCID_LEVEL {

namespace {

// ------------------------------------------------------------ the last vector of a row, of which `count` may be touched
template <class T>
PELLUCID_INLINE Vector<T> load_last(const T* from, int count) {
#if !defined(__AVX2__)
    if (count == lanes<T>)
        return load(from);
#endif
    return load_first(from, count);
}
template <class T>
PELLUCID_INLINE void store_last(T* to, Vector<T> value, int count) {
#if !defined(__AVX512F__)
    if (count == lanes<T>)
        return store(to, value);
#endif
    store_first(to, value, count);
}

// ------------------------------------------------------------ one operation on one tile
// `count` is how many vectors a row has, 0 for any number; ragged: whether one that ends within a vector may be among
// the operands.
template <class T, Code code, int count, bool ragged>
void work_on(const Frame<T>& frame, const Step<T>& step) {
    constexpr int operands = operands_of(code);
    const Operand<T> to = frame.operands[step.to], a = frame.operands[step.a];
    const Operand<T> b = operands > 1 ? frame.operands[step.b] : a;
    const Operand<T> c = operands > 2 ? frame.operands[step.c] : a;
    const int vectors = count != 0 ? count : frame.vectors;
    const int whole = ragged ? vectors - 1 : vectors;
    T* t = to.start;
    const T *x = a.start, *y = b.start, *z = c.start;
    for (std::int64_t row = frame.rows; row > 0; --row) {
        for (std::int64_t i = 0; i < whole; ++i)
            store(t + i * lanes<T>,
                  value_of<code, T>(load(x + i * a.step), load(y + i * b.step), load(z + i * c.step)));
        if constexpr (ragged)
            store_last<T>(t + whole * lanes<T>,
                          value_of<code, T>(load_last(x + whole * a.step, a.last), load_last(y + whole * b.step, b.last),
                                            load_last(z + whole * c.step, c.last)),
                          to.last);
        t += to.row;
        x += a.row;
        y += b.row;
        z += c.row;
    }
}

template <class T>
Strided strided(const Frame<T>& frame, int operand) {
    const Tensor& tensor = frame.tensors[operand - kTensor];
    const Operand<T>& place = frame.operands[operand];
    return {reinterpret_cast<std::byte*>(place.start), tensor.dtype, place.row, tensor.strides[frame.axis]};
}
template <class T>
void load_tile(const Frame<T>& frame, const Step<T>& step) {
    const Operand<T>& slot = frame.operands[step.to];
    load_numbers(slot.start, slot.row, strided(frame, step.a), frame.rows, frame.columns);
}
template <class T>
void store_tile(const Frame<T>& frame, const Step<T>& step) {
    const Operand<T>& slot = frame.operands[step.a];
    store_numbers(strided(frame, step.to), slot.start, slot.row, frame.rows, frame.columns);
}

// ------------------------------------------------------------ all of them
template <class T, Code code>
constexpr Handlers<T> variants() {
    if constexpr (is_of_rows(code) || (std::is_integral_v<T> && needs_fractions(code)))
        return {};
    else if constexpr (code == Code::load || code == Code::store) {
        constexpr Handler<T> any = code == Code::load ? load_tile<T> : store_tile<T>;
        return {any, any, any, any, any, any};
    } else if constexpr (std::is_same_v<T, float> && !is_function(code))
        return {work_on<T, code, 1, false>, work_on<T, code, 2, false>, work_on<T, code, 0, false>,
                work_on<T, code, 1, true>,  work_on<T, code, 2, true>,  work_on<T, code, 0, true>};
    else { // what a loop costs is little beside the rest
        constexpr Handler<T> whole = work_on<T, code, 0, false>, ragged = work_on<T, code, 0, true>;
        return {whole, whole, whole, ragged, ragged, ragged};
    }
}

template <class T, std::size_t... code>
constexpr std::array<Handlers<T>, sizeof...(code)> all(std::index_sequence<code...>) {
    return {variants<T, static_cast<Code>(code)>()...};
}
template <class T>
constexpr auto table = all<T>(std::make_index_sequence<static_cast<std::size_t>(Code::count)>{});

} // namespace

template <class T>
const Handlers<T>* handlers_by_code() {
    return table<T>.data();
}
template const Handlers<float>* handlers_by_code<float>();
template const Handlers<double>* handlers_by_code<double>();
template const Handlers<std::int64_t>* handlers_by_code<std::int64_t>();
template const Handlers<std::uint64_t>* handlers_by_code<std::uint64_t>();

} // namespace pellucid::PELLUCID_LEVEL
