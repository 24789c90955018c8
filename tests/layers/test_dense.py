"""The fully connected layer, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.errors import ShapeError
from pellucid.layers import Dense, Input
from pellucid.models import Sequential
from pellucid.ops import reduce_sum
from pellucid.optimizers import SGD


def fixed(*arguments, kernel, bias=None, shape, **options):
    """A model of one layer with these weights."""
    model = Sequential([Input(shape), Dense(*arguments, **options)])
    model.set_weights([kernel] if bias is None else [kernel, bias])
    return model


def test_rows_are_multiplied_with_the_kernel_and_the_bias_is_added():
    model = fixed(2, kernel=[[1, 4], [2, 5], [3, 6]], bias=[0.5, -0.5], shape=(3,))
    # 1*1 + 0*2 + 2*3 + 0.5 = 7.5 and 1*4 + 0*5 + 2*6 - 0.5 = 15.5
    assert model.predict([[1, 0, 2]], verbose=0).tolist() == [[7.5, 15.5]]


def test_without_bias():
    model = fixed(1, use_bias=False, kernel=[[2], [-1]], shape=(2,))
    assert model.predict([[3, 1], [0, 4]], verbose=0).tolist() == [[5], [-4]]
    assert model.count_params() == 2


def test_the_activation_comes_last():
    model = fixed(2, activation="relu", kernel=[[1, -1]], bias=[0, 0], shape=(1,))
    assert model.predict([2.0, -3.0], verbose=0).tolist() == [[2, 0], [0, 3]]


def test_only_the_last_axis_is_multiplied():
    model = fixed(1, kernel=[[1], [10]], bias=[0], shape=(2, 2))
    x = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]
    assert model.predict(x, verbose=0).tolist() == [[[21], [43]], [[65], [87]]]
    assert model.output_shape == (None, 2, 1)


def test_a_series_learns_like_its_rows():
    """Four rows, or two series of two: the mean squared error has the same gradient."""
    x, y = np.arange(8.0).reshape(4, 2) / 8, np.arange(4.0)
    weights = [np.array([[0.5], [-0.25]]), np.array([0.1])]
    trained = []
    for shape in ((4, 2), (2, 2, 2)):
        model = Sequential([Dense(1, dtype="float64", input_shape=shape[1:])])
        model.set_weights(weights)
        model.compile("sgd", "mse")
        model.fit(x.reshape(shape), y.reshape(*shape[:-1], 1), epochs=3, batch_size=4, verbose=0)
        trained.append(model.get_weights())
    for rows, series in zip(*trained, strict=True):
        np.testing.assert_allclose(series, rows, rtol=1e-14)


@pytest.mark.parametrize(
    ("options", "learns"),
    [
        # With W = 3 and b = 2 the penalty 0.5 * 3^2 has the slope 3, and 0.5 * 2^2 the slope 2.
        ({"kernel_regularizer": "half"}, (3 - 0.1 * 3, 2)),
        ({"bias_regularizer": "half"}, (3, 2 - 0.1 * 2)),
        # The output is 3 * 0 + 2 = 2, so the penalty for it has the slope 2, through b alone.
        ({"activity_regularizer": "half"}, (3, 2 - 0.1 * 2)),
    ],
    ids=["kernel", "bias", "activity"],
)
def test_penalties_pull_what_they_are_for(options, learns):
    def half(x):
        return 0.5 * reduce_sum(x**2, axes=tuple(range(len(x.shape))))

    layer = Dense(1, dtype="float64", input_shape=[1], **dict.fromkeys(options, half))
    model = Sequential([layer])
    model.set_weights([[[3]], [2]])
    model.compile(SGD(0.1), lambda y_true, y_pred: 0 * y_pred)
    model.fit([0.0], [0.0], verbose=0)
    np.testing.assert_allclose([float(w.item()) for w in model.get_weights()], learns, rtol=1e-15)


def test_weights_begin_as_their_initializers_say():
    layer = Dense(2, kernel_initializer="ones", bias_initializer=np.array([4.0, 5.0]), input_shape=[3])
    kernel, bias = Sequential([layer]).get_weights()
    assert kernel.tolist() == [[1, 1]] * 3
    assert bias.tolist() == [4, 5]


def test_another_number_of_features_is_refused():
    layer = Dense(1)
    layer(np.ones((2, 3)))
    with pytest.raises(
        ShapeError, match=r"'dense' cannot take this input: expected 3 features, received 2 in the shape"
    ):
        layer(np.ones((2, 2)))


def test_features_must_be_known():
    with pytest.raises(ShapeError, match="'dense' needs inputs with a known number of features"):
        Sequential([Dense(1, input_shape=())]).build()
