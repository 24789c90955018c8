"""The printed program does what fit, evaluate and predict do on the reference engine, to the last bit."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from pellucid import keras, ops
from pellucid.keras import layers

from .models import CASES, engine_of

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("numpy_engine")]

EPOCHS, BATCH = 3, 3  # of 7 examples: two batches of 3 and one of 1


def run_text(text):
    """Run a program as its own module would be."""
    names = {"__name__": "program"}
    exec(compile(text, "<the printed program>", "exec"), names)
    return names


def same_bits(arrays, others):
    assert [array.dtype for array in arrays] == [other.dtype for other in others]
    assert [array.shape for array in arrays] == [other.shape for other in others]
    assert [array.tobytes() for array in arrays] == [other.tobytes() for other in others]


def fit(model, examples, **options):
    x, y, *weight = examples
    options = {"epochs": EPOCHS, "batch_size": BATCH, "verbose": 0} | options
    return model.fit(x, y, sample_weight=weight[0] if weight else None, **options)


def train(program, examples, state, epochs=EPOCHS):
    x, y, *weight = examples
    return program["train"](x, y, state, *weight, epochs=epochs, batch_size=BATCH)


def columns(history):
    """Turn the list of epochs that a program returns into what fit returns."""
    return {name: [epoch[name] for epoch in history] for name in sorted(history[0])}


@pytest.mark.filterwarnings("ignore::pellucid.errors.TrainingWarning")  # some have a strange head
@pytest.mark.parametrize("name", CASES)
def test_it_trains_and_predicts_as_the_model(name):
    case = CASES[name]
    model = case.model()
    examples = case.examples(model)
    history = fit(model, examples)
    program = run_text(model.numpy_source())
    state = program["initial_state"](model.seed)
    assert columns(train(program, examples, state)) == history.history
    same_bits(list(state["weights"].values()), model.get_weights())
    same_bits(list(program["trained_weights"]().values()), model.get_weights())
    prediction = program["predict"](examples[0], program["trained_weights"]())
    same_bits([prediction], [model.predict(examples[0], verbose=0)])


@pytest.mark.parametrize(
    "name", ["dropout-float32", "adam-all-float32", "sparse-float32-weighted", "batch-normalization-float32"]
)
def test_several_fits_in_a_row_are_one_long_one(name):
    """With validation, predictions and judgements in between, which change nothing."""
    case = CASES[name]
    model = case.model()
    examples = case.examples(model)
    held_out = tuple(array[:4] for array in examples)
    first = fit(model, examples, validation_data=held_out)
    model.predict(examples[0], verbose=0)
    model.evaluate(*examples[:2], verbose=0)
    second = fit(model, examples, epochs=2)
    together = case.model()
    whole = fit(together, examples, epochs=EPOCHS + 2)
    same_bits(model.get_weights(), together.get_weights())
    for metric, values in whole.history.items():
        assert first.history[metric] + second.history[metric] == values

    program = run_text(model.numpy_source())
    state = program["initial_state"](model.seed)
    history = train(program, examples, state) + train(program, examples, state, epochs=2)
    assert columns(history) == whole.history
    same_bits(list(state["weights"].values()), model.get_weights())


def test_without_shuffling_the_steps_take_the_examples_in_their_order():
    case = CASES["adam-float32"]
    model = case.model()
    x, y = examples = case.examples(model)
    fit(model, examples, shuffle=False, epochs=2)
    program = run_text(model.numpy_source())
    state = program["initial_state"](model.seed)
    for start in (0, 3, 6) * 2:
        program["train_step"](x[start : start + BATCH], y[start : start + BATCH], state)
    same_bits(list(state["weights"].values()), model.get_weights())


OTHERWISE = ("dropout", "batch-normalization", "assigned")  # layers that do other things in training


@pytest.mark.parametrize("name", [name for name in CASES if not name.startswith(OTHERWISE)])
def test_evaluation_is_the_step_without_learning(name):
    """One batch: the loss and the metrics of evaluate are those that a step without dropout reports."""
    case = CASES[name]
    model = case.model()
    x, y, *weight = case.examples(model)
    engine = engine_of(model, case.weighted)
    state = engine.initial_state(model.seed)
    engine.functions["train_step"](x, y, state, *weight)
    results = model.evaluate(x, y, sample_weight=weight[0] if weight else None, verbose=0, return_dict=True)
    assert results == engine.results(state["metrics"])


def test_what_is_not_compiled_prints_its_prediction():
    model = keras.Sequential([layers.Dense(2, "relu", input_shape=[3])])
    program = run_text(model.numpy_source())
    assert set(program) & {"train", "train_step", "results"} == set()
    x = np.linspace(-1, 1, 6).reshape(2, 3)
    same_bits(
        [program["predict"](x, program["initial_state"](model.seed)["weights"])],
        [model.predict(x, verbose=0)],
    )


# ------------------------------------------------------------ saved
def test_a_saved_program_finds_its_weights_and_needs_numpy_only(tmp_path):
    keras.utils.set_random_seed(7)
    model = keras.Sequential([layers.Dense(60, "tanh", input_shape=[40]), layers.Dense(1)])
    model.compile("adam", "mse")
    random = np.random.default_rng(0)
    x, y = random.normal(size=(50, 40)), random.normal(size=50)
    model.fit(x, y, epochs=2, batch_size=16, verbose=0)
    path = tmp_path / "model.py"
    text = model.numpy_source(path)
    assert path.read_text("utf-8") == text
    assert (tmp_path / "model.npz").is_file()
    np.savez(tmp_path / "examples.npz", x=x, y=y)
    (tmp_path / "use.py").write_text(f"""\
import sys, numpy as np, model
assert not [name for name in sys.modules if name.startswith("pellucid")]
given = np.load("examples.npz")
state = model.initial_state({model.seed})
model.train(given["x"], given["y"], state, epochs=2, batch_size=16)
np.savez("results.npz", prediction=model.predict(given["x"], model.trained_weights()), **state["weights"])
""")
    subprocess.run([sys.executable, "use.py"], cwd=tmp_path, check=True)
    with np.load(tmp_path / "results.npz") as results:
        same_bits([results["prediction"]], [model.predict(x, verbose=0)])
        same_bits([results[weight.path] for weight in model.weights], model.get_weights())


def test_small_weights_stand_in_the_program_and_no_file_beside_it(tmp_path):
    model = CASES["one-unit"].model()
    text = model.numpy_source(tmp_path / "model.py")
    assert [file.name for file in tmp_path.iterdir()] == ["model.py"]
    same_bits(list(run_text(text)["trained_weights"]().values()), model.get_weights())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_as_literals_keep_every_bit(dtype):
    """Denormal, tiny, huge, minus zero: what repr might spoil."""
    kind = np.finfo(dtype)
    numbers = [kind.smallest_subnormal, kind.tiny, kind.max, -kind.max, -0.0, 0.1, 1 / 3, 123456789.0, 1e-5]
    model = keras.Sequential([layers.Dense(1, input_shape=[len(numbers)], use_bias=False, dtype=dtype)])
    model.set_weights([np.array(numbers, dtype)[:, None]])
    same_bits(list(run_text(model.numpy_source())["trained_weights"]().values()), model.get_weights())


def test_a_weight_without_axes_stays_an_array(tmp_path):
    """NumPy's arithmetic makes single numbers of such arrays."""
    case = CASES["own-float32"]
    model = case.model()
    fit(model, case.examples(model))
    assert [type(weight) for weight in model.get_weights()] == [np.ndarray] * len(model.weights)


def test_a_value_may_be_called_like_the_function_that_makes_it():
    class Shares(keras.layers.Layer):
        def call(self, inputs):
            softmax = ops.softmax(inputs)
            return softmax * 2.0 + softmax

    model = keras.Sequential([keras.Input((3,)), Shares()])
    program: dict[str, object] = {}
    exec(model.numpy_source(), program)
    x = np.array([[1.0, 1.0, 1.0]], "float32")
    np.testing.assert_allclose(program["predict"](x, {}), [[1.0, 1.0, 1.0]], rtol=1e-6)
    np.testing.assert_allclose(model.predict(x, verbose=0), [[1.0, 1.0, 1.0]], rtol=1e-6)
