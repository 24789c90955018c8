"""What an explanation shows, in exact words, and whose numbers they are."""

from __future__ import annotations

import re
from xml.dom import minidom

import numpy as np
import pytest
from tests.engines.models import CASES, each_case

import pellucid as keras
from pellucid.errors import DataError, ShapeError, UnknownNameError, UsageError

NAMES = each_case()
RANDOM_OR_OF_THE_BATCH = ("dropout", "batch-normalization", "assigned")
"""Models whose training looks at the batch or at chance, where a prediction does not."""


def network():
    """Three inputs, two units with ReLU, one linear: all of it can be worked out by hand."""
    model = keras.Sequential(
        [keras.layers.Dense(2, "relu", input_shape=[3]), keras.layers.Dense(1)], name="three_two_one"
    )
    model.set_weights([np.array([[0.5, -1.0], [-1.0, 0.5], [2.0, 1.0]]), [0.25, -1], [[2.0], [3.0]], [0.5]])
    model.compile(keras.optimizers.SGD(0.01), "mean_squared_error")
    return model


# z1 = [2*0.5 - 1*(-1) ... ]: z1[0] = 1 - 1 * -1 + 0 ... worked out with x = (2, -1, 0.5):
#   z1[0] = 0.5*2 - 1*(-1) + 2*0.5 + 0.25 = 3.25     z1[1] = -1*2 + 0.5*(-1) + 1*0.5 - 1 = -3
#   prediction = 2*3.25 + 3*0 + 0.5 = 7              loss = (7 - 6)**2 = 1
#   d_prediction = 2*(7 - 6) = 2                     d_W2 = a1 * 2 = (6.5, 0)
FORWARD = """\
'three_two_one', 1 example followed through it

x1 = 2, x2 = -1, x3 = 0.5

forward: dense_1 (2 units, relu)
  z1[0] = 0.5 * x1 - 1 * x2 + 2 * x3 + 0.25 = 3.25
  z1[1] = -1 * x1 + 0.5 * x2 + 1 * x3 - 1 = -3
  a1[0] = maximum(z1[0], 0) = maximum(3.25, 0) = 3.25
  a1[1] = maximum(z1[1], 0) = maximum(-3, 0) = 0

forward: dense_2 (1 unit, linear)
  prediction = 2 * a1[0] + 3 * a1[1] + 0.5 = 7"""
BACK = """\
loss: mean squared error
  error = prediction - y = 7 - 6 = 1
  loss = error ** 2 = 1 ** 2 = 1

backward: loss
  d_prediction = 2 * error / 1 = 2 * 1 / 1 = 2

backward: dense_2
  d_W2[0] = a1[0] * d_prediction = 3.25 * 2 = 6.5
  d_W2[1] = a1[1] * d_prediction = 0 * 2 = 0
  d_b2 = d_prediction = 2
  d_a1[0] = 2 * d_prediction = 4
  d_a1[1] = 3 * d_prediction = 6

backward: dense_1
  d_z1[0] = where(z1[0] > 0, d_a1[0], 0) = where(3.25 > 0, 4, 0) = 4
  d_z1[1] = where(z1[1] > 0, d_a1[1], 0) = where(-3 > 0, 6, 0) = 0
  d_W1[0,0] = x1 * d_z1[0] = 2 * 4 = 8
  d_W1[0,1] = x1 * d_z1[1] = 2 * 0 = 0
  d_W1[1,0] = x2 * d_z1[0] = -1 * 4 = -4
  d_W1[1,1] = x2 * d_z1[1] = -1 * 0 = 0
  d_W1[2,0] = x3 * d_z1[0] = 0.5 * 4 = 2
  d_W1[2,1] = x3 * d_z1[1] = 0.5 * 0 = 0
  d_b1[0] = d_z1[0] = 4
  d_b1[1] = d_z1[1] = 0

update: gradient descent, here of W1[0,0], which w stands for
  w = w - learning_rate * gradient = 0.5 - 0.01 * 8 = 0.42
"""


def test_the_way_forward_in_words():
    assert str(network().explain([[2, -1, 0.5]])) == FORWARD


def test_the_way_back_in_words():
    text = str(network().explain([[2, -1, 0.5]], [6]))
    assert text.startswith(FORWARD.replace("x3 = 0.5\n", "x3 = 0.5\ny = 6\n", 1))
    assert BACK in text
    assert "W2[0]    2       6.5       1.935\n" in text
    assert re.search(r"The loss of this batch was 1; after this step it is 0\.\d+\.$", text)


def test_the_loss_after_is_that_of_the_new_weights():
    model = network()
    explanation = model.explain([[2, -1, 0.5]], [6])
    model.fit([[2, -1, 0.5]], [6], verbose=0)
    assert explanation.loss == model.history.history["loss"][0] == 1
    assert explanation.loss_after == pytest.approx(model.evaluate([[2, -1, 0.5]], [6], verbose=0), rel=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_are_the_engines_own(name):
    case = CASES[name]
    model = case.model()
    x, y, *weights = case.examples(model, 5)
    forward, explanation = model.explain(x), model.explain(x, y, *weights)
    predicted = model.predict(x, verbose=0)
    np.testing.assert_array_equal(forward.prediction, predicted)
    if not name.startswith(RANDOM_OR_OF_THE_BATCH):
        np.testing.assert_array_equal(explanation.prediction, predicted)
    model.fit(x, y, sample_weight=weights[0] if weights else None, batch_size=5, shuffle=False, verbose=0)
    trained = {weight.path: weight.value for weight in model.trainable_weights}
    assert list(trained) == [update.path for update in explanation.updates]
    for update in explanation.updates:
        np.testing.assert_array_equal(update.after, trained[update.path])
    for shown in (forward, explanation):
        assert str(shown)
        minidom.parseString(f"<div>{shown._repr_html_()}</div>")  # noqa: S318 - it is our own


def test_every_layer_there_is_stands_among_these_models():
    kinds = {kind for kind in vars(keras.layers).values() if isinstance(kind, type)}
    kinds -= {keras.layers.Layer, keras.layers.InputLayer}
    assert kinds <= {type(layer) for case in CASES.values() for layer in case.model().layers}


def test_every_line_has_the_name_of_the_printed_program():
    model = network()
    program = model.numpy_source()
    for name in model.explain([[2, -1, 0.5]], [6]).values:
        assert re.search(rf"^\s+{name} = ", program, re.MULTILINE), name


def test_columns_and_classes_have_their_names():
    model = keras.Sequential([keras.layers.Dense(2, "softmax", input_shape=[2])])
    model.feature_names, model.answer_names = ["visits", "time on page"], ["leaves", "buys"]
    model.set_weights([np.eye(2), [0, 0]])
    text = str(model.explain([[1, 2]]))
    assert "visits = 1, time on page = 2" in text
    assert "z[1] = 0 * visits + 1 * time on page + 0 = 2" in text
    assert (
        "prediction[buys] = exp(z[1]) / (exp(z[0]) + exp(z[1])) = exp(2) / (exp(1) + exp(2)) = 0.7311" in text
    )


def test_long_layers_are_folded_with_the_largest_terms_first():
    model = keras.Sequential([keras.layers.Dense(30, input_shape=[100])])
    kernel = np.zeros((100, 30))
    kernel[:, 7] = np.arange(100) - 99.0
    model.set_weights([kernel, np.zeros(30)])
    explanation = model.explain(np.ones((1, 100)))
    assert "... and 26 more of prediction" in str(explanation)
    entry = explanation.entry("prediction", 0, 7)
    assert entry.formula == ("-99 * x1 - 98 * x2 - 97 * x3 - 96 * x4 - 95 * x5 + 96 smaller terms (-4465)")
    terms = explanation.terms("prediction", 0, 7)
    assert len(terms) == 101
    assert terms[:2] == [("-99 * x1", -99.0), ("-98 * x2", -98.0)]
    assert sum(number for _, number in terms) == entry.value


def test_many_examples_are_told_from_each_other_and_the_first_are_shown():
    text = str(network().explain(np.ones((40, 3)), np.ones(40)))
    assert "40 examples followed through it (shown: the first 2)" in text
    assert "a1[1,0] = " in text
    assert "a1[2,0] = " not in text
    assert "more of a1" in text


def test_pictures_and_their_windows():
    model = keras.Sequential(
        [
            keras.layers.Conv2D(1, 2, input_shape=[3, 3, 1]),
            keras.layers.MaxPooling2D(2),
            keras.layers.Flatten(),
        ]
    )
    model.set_weights([np.array([[1.0, 0.0], [0.0, 2.0]])[..., None, None], [10.0]])
    text = str(model.explain([np.arange(9.0).reshape(3, 3, 1)]))
    assert "z[1,1] = 1 * x[1,1] + 0 * x[1,2] + 0 * x[2,1] + 2 * x[2,2] + 10 = 30" in text
    assert "pooled = max(z[0,0], z[0,1], z[1,0], z[1,1]) = max(18, 21, 27, 30) = 30" in text


def test_numbers_that_are_none_are_shown_as_such():
    model = keras.Sequential([keras.layers.Dense(1, "exponential", input_shape=[1])])
    model.set_weights([[[1000.0]], [0.0]])
    assert "prediction = exp(z) = exp(1000) = inf" in str(model.explain([1.0]))


def test_what_cannot_be_explained():
    model = network()
    explanation = model.explain([[2, -1, 0.5]])
    with pytest.raises(UnknownNameError, match=r"no line is called 'z3'.*'z1'"):
        explanation.entry("z3", 0, 0)
    with pytest.raises(ShapeError, match=r"z1 has no such place"):
        explanation.entry("z1", 0, 2)
    with pytest.raises(ShapeError, match="x does not fit"):
        model.explain([[1, 2]])
    with pytest.raises(DataError):
        model.explain([[1, 2, float("nan")]])
    bare = keras.Sequential([keras.layers.Dense(1, input_shape=[1])])
    with pytest.raises(UsageError):
        bare.explain([1.0], [1.0])


def test_no_example_at_all():
    explanation = network().explain(np.empty((0, 3)))
    assert explanation.prediction.shape == (0, 1)
    assert "0 examples" in str(explanation)


def test_explaining_changes_nothing():
    model = network()
    before = model.get_weights()
    model.explain([[2, -1, 0.5]], [6])
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert model.history is None
