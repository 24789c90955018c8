// The module as Python sees it; `_native.pyi` beside the Python sources says it in Python's words.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "arrays.h"
#include "level.h"
#include "loop.h"
#include "plan_reading.h"
#include "program.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace pellucid {

namespace {

constexpr double kWorthRelease = 20e-6; // seconds of work for which other Python threads are let in

using Numbers = std::vector<std::int64_t>;

// Holds a program's lock. Whoever waits for it lets other Python threads go on: one of them holds it.
class Locked {
public:
    explicit Locked(Program& program) : program_(program) {
        if (!program.lock().try_lock()) {
            const nb::gil_scoped_release release;
            program.lock().lock();
        }
    }
    ~Locked() { program_.lock().unlock(); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

private:
    Program& program_;
};

nb::object fault_of(const WrongIndex& wrong) {
    if (!wrong.found)
        return nb::none();
    return nb::make_tuple(wrong.example, wrong.index, wrong.limit);
}

// ------------------------------------------------------------ programs
void write_state(Program& program, int buffer, nb::handle object) {
    Arrays arrays;
    const Array array = arrays.add(object, false);
    const Locked locked(program);
    program.write(buffer, array);
}

void read_state(Program& program, int buffer, nb::handle object) {
    Arrays arrays;
    const Array array = arrays.add(object, true);
    const Locked locked(program);
    program.read(buffer, array);
}

double get_register(Program& program, int number) {
    const Locked locked(program);
    return program.get(number);
}

void set_register(Program& program, int number, double value) {
    const Locked locked(program);
    program.set(number, value);
}

// The arguments of a call.
struct Arguments {
    Arguments(nb::list ins, nb::list outs) {
        inputs.reserve(nb::len(ins));
        outputs.reserve(nb::len(outs));
        arrays.reserve(nb::len(ins) + nb::len(outs));
        for (const nb::handle array : ins)
            inputs.push_back(arrays.add(array, false));
        for (const nb::handle pair : outs)
            outputs.push_back({nb::cast<int>(pair[0]), arrays.add(pair[1], true)});
    }
    Arrays arrays;
    std::vector<Array> inputs;
    std::vector<Output> outputs;
};

template <class Work>
nb::object run(Program& program, bool releases, Work work) {
    std::optional<nb::gil_scoped_release> release;
    if (releases)
        release.emplace();
    work();
    release.reset();
    return fault_of(program.wrong());
}

nb::object call(Program& program, nb::list inputs, nb::list outputs, std::int64_t block, const Numbers& sizes) {
    const Arguments arguments(inputs, outputs);
    const Locked locked(program);
    const std::int64_t count = arguments.inputs.empty() ? 0 : arguments.inputs[0].length;
    const bool is_long = count > 0 && program.prepare(count, block, sizes, 1).seconds > kWorthRelease;
    return run(program, is_long, [&] { program.call(arguments.inputs, arguments.outputs, block, sizes); });
}

nb::object apply(Program& program, nb::list inputs, nb::list outputs, const Numbers& sizes) {
    const Arguments arguments(inputs, outputs);
    const Locked locked(program);
    return run(program, true, [&] { program.apply(arguments.inputs, arguments.outputs, sizes); });
}

// ------------------------------------------------------------ loops
// A loop with what it hangs on: the program, and the memory of the arrays.
class HeldLoop {
public:
    HeldLoop(nb::object owner, nb::list inputs, LoopOptions options)
        : owner_(std::move(owner)), program_(nb::cast<Program&>(owner_)) {
        std::vector<Array> examples;
        for (const nb::handle array : inputs)
            examples.push_back(arrays_.add(array, false));
        const Locked locked(program_);
        loop_ = std::make_unique<Loop>(program_, examples, std::move(options));
    }

    nb::object advance(double seconds, std::int64_t epochs, std::int64_t batches) {
        const Locked locked(program_);
        {
            const nb::gil_scoped_release release;
            loop_->advance(seconds, epochs, batches);
        }
        return fault_of(loop_->wrong());
    }

    std::vector<double> results() {
        const Locked locked(program_);
        return loop_->results();
    }

    std::vector<std::int32_t> rows() {
        const Locked locked(program_);
        return loop_->rows();
    }

    const Loop& loop() const { return *loop_; }

private:
    nb::object owner_;
    Program& program_;
    Arrays arrays_;
    std::unique_ptr<Loop> loop_;
};

using Table = nb::ndarray<nb::numpy, double, nb::ndim<2>, nb::c_contig>;

// A copy of the history from an epoch on: a row for each, a column for each result.
Table history(const HeldLoop& held, std::size_t first) {
    const std::vector<double>& numbers = held.loop().history();
    const std::size_t columns = held.loop().results_of_epoch();
    const std::size_t epochs = static_cast<std::size_t>(held.loop().place().epoch),
                      rows = epochs - std::min(first, epochs);
    auto copy = std::make_unique<double[]>(rows * columns);
    std::copy_n(numbers.end() - static_cast<std::ptrdiff_t>(rows * columns), rows * columns, copy.get());
    const nb::capsule owner(copy.get(), [](void* data) noexcept { delete[] static_cast<double*>(data); });
    return Table(copy.release(), {rows, columns}, owner);
}

} // namespace

} // namespace pellucid

NB_MODULE(_native, module) {
    using namespace pellucid;
    module.doc() = "The compiled part of the native engine.";
    nb::set_leak_warnings(false); // a program may end while its models, and errors that show them, are still there
    module.def("level", [] { return level().name; });
    module.def("levels", [] {
        std::vector<std::string_view> names;
        for (const Level& level : levels())
            names.push_back(level.name);
        return names;
    });
    module.def("threads", threads);
    module.def("set_threads", set_threads, "most"_a);

    nb::class_<Program>(module, "Program")
        .def(
            "__init__", [](Program* self, nb::handle plan) { new (self) Program(read_plan(plan)); }, "plan"_a)
        .def("write", write_state, "buffer"_a, "array"_a)
        .def("read", read_state, "buffer"_a, "array"_a)
        .def("get", get_register, "register"_a)
        .def("set", set_register, "register"_a, "value"_a)
        .def("call", call, "inputs"_a, "outputs"_a, "block"_a, "sizes"_a = Numbers())
        .def("apply", apply, "inputs"_a, "outputs"_a, "sizes"_a = Numbers())
        .def_prop_rw("threads", &Program::threads, &Program::set_threads);

    nb::class_<HeldLoop>(module, "Loop")
        .def(
            "__init__",
            [](HeldLoop* self, nb::object program, nb::list arrays, std::int64_t batch_size, std::int64_t epochs,
               bool shuffle, std::uint64_t seed, std::int64_t first_epoch, std::vector<int> resets,
               std::vector<int> results, Numbers sizes, std::int64_t skip) {
                new (self) HeldLoop(std::move(program), arrays,
                                    {batch_size, epochs, shuffle, seed, first_epoch, skip, std::move(resets),
                                     std::move(results), std::move(sizes)});
            },
            "program"_a, "arrays"_a, "batch_size"_a, "epochs"_a, "shuffle"_a, "seed"_a, "first_epoch"_a, "resets"_a,
            "results"_a, "sizes"_a = Numbers(), "skip"_a = 0)
        .def("advance", &HeldLoop::advance, "seconds"_a, "epochs"_a = 1, "batches"_a = std::int64_t{1} << 62)
        .def("results", &HeldLoop::results)
        .def("rows", &HeldLoop::rows)
        .def_prop_ro("epoch", [](const HeldLoop& held) { return held.loop().place().epoch; })
        .def_prop_ro("batch", [](const HeldLoop& held) { return held.loop().place().batch; })
        .def_prop_ro("batches", [](const HeldLoop& held) { return held.loop().batches(); })
        .def("history", history, "first"_a = 0, nb::rv_policy::move)
        .def_prop_ro("fault", [](const HeldLoop& held) { return fault_of(held.loop().wrong()); });
}
