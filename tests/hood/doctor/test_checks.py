"""Single checks: what they say, the numbers they say it with, and where they hold their tongue."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid as keras
from pellucid.errors import DataError, UnknownNameError, UsageError
from pellucid.graph import Node
from pellucid.hood.doctor.examination import Examination, Plan, some
from pellucid.hood.doctor.finding import Finding
from pellucid.hood.doctor.rehearsal import curvature, rehearse

from .problems import credit, houses, scaled

layers, optimizers = keras.layers, keras.optimizers


def network(*stack, loss="mse", optimizer="adam", **compiled):
    model = keras.Sequential(list(stack))
    model.seed = 1
    model.compile(optimizer, loss, **compiled)
    return model


def kinds(diagnosis):
    return [finding.kind for finding in diagnosis.findings]


def the_only(diagnosis) -> Finding:
    (finding,) = diagnosis.findings
    return finding


def numbers(n=100, columns=4, seed=0):
    x = np.random.default_rng(seed).normal(size=(n, columns))
    return x, x[:, 0] - 0.5 * x[:, 1] + 0.2 * x[:, 2]


# ------------------------------------------------------------ the whole
def test_what_is_printed():
    x, y = numbers()
    x = np.column_stack([x, x[:, 1]])
    model = network(layers.Dense(8, "relu"), layers.Dense(1))
    assert str(model.check(x, y, epochs=50)) == (
        "1 thing seems wrong with 'sequential'. Looked at: last layer and loss, how layers begin, "
        "100 examples, a rehearsal of training.\n\n"
        "1. Duplicate column (risk). Columns 'x2' and 'x5' of x are equal, in all 100 rows looked at. "
        "What they\nsay counts twice, and how the weights share it is left to chance. Keep one of them.\n\n"
        "    x = np.delete(x, 4, axis=1)"
    )


def test_with_nothing_wrong_it_says_what_was_looked_at():
    x, y = numbers()
    diagnosis = network(layers.Dense(8, "relu"), layers.Dense(1)).check(x, y, validation_split=0.2)
    assert diagnosis.healthy
    assert diagnosis.findings == []
    assert "80 examples, 20 to validate with" in str(diagnosis)


def test_a_notebook_shows_code_as_code():
    x, y = numbers()
    model = network(layers.Dense(8, "relu"), layers.Dense(1, "relu"))
    assert "<pre>layers.Dense(1)</pre>" in model.check(x, y)._repr_html_()


def test_mistakes_come_before_risks():
    x, y = credit()
    x[:, 0] = 7.0
    model = network(layers.Dense(8, "relu"), layers.Dense(1), loss="binary_crossentropy")
    assert kinds(model.check(x, y)) == ["head and loss", "constant column"]


def test_the_model_stays_as_it_is():
    x, y = numbers()
    model = network(layers.Dense(8, "relu"), layers.Dense(1))
    model.build((None, 4))
    before = model.get_weights()
    model.check(x, y)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert model.history is None


def test_the_names_of_a_table_are_used():
    class Frame(np.ndarray):
        columns = ("age", "income", "debt")

    x, y = numbers(columns=3)
    x[:, 2] = 1.0
    finding = the_only(network(layers.Dense(1)).check(x.view(Frame), y))
    assert finding.wrong.startswith("Column 'debt' of x is 1 in all 100 rows")


@pytest.mark.parametrize("n", [1, 2, 3, 12])
def test_a_few_examples_are_no_trouble(n):
    x, y = numbers(n)
    assert network(layers.Dense(4, "tanh"), layers.Dense(1)).check(x, y).healthy


def test_what_fit_would_refuse_is_refused_with_the_same_words():
    model = network(layers.Dense(3, "softmax"), loss="sparse_categorical_crossentropy")
    with pytest.raises(DataError, match="y - 1, since classes are counted from 0"):
        model.check(np.zeros((3, 2)), [1, 2, 3])
    with pytest.raises(DataError, match="holds no examples"):
        model.check(np.zeros((0, 2)), [])
    with pytest.raises(UnknownNameError, match="'epochs'"):
        model.check(np.zeros((3, 2)), [0, 1, 2], epoch=3)
    with pytest.raises(UsageError, match="does not know how to learn yet"):
        keras.Sequential([layers.Dense(1)]).check([[1.0]], [1.0])


def test_it_takes_what_fit_takes():
    x, y = numbers()
    model = network(layers.Dense(8, "relu"), layers.Dense(1))
    weights = np.ones(100)
    assert model.check(x, y, batch_size=8, epochs=20, verbose=0, callbacks=[], sample_weight=weights).healthy


def test_many_rows_are_looked_at_in_part():
    x, y = numbers(500_000)
    finding = the_only(network(layers.Dense(1)).check(np.column_stack([x, x[:, 0]]).astype("float32"), y))
    assert "in all 2000 rows looked at" in finding.wrong


def test_a_part_of_the_rows_is_the_same_every_time_and_in_order():
    assert some(3, 10).tolist() == [0, 1, 2]
    assert len(some(10**9, 100)) == len(set(some(10**9, 100).tolist())) == 100
    np.testing.assert_array_equal(some(1000, 10), np.sort(some(1000, 10)))
    np.testing.assert_array_equal(some(1000, 10), some(1000, 10))


def test_weights_for_the_examples_are_used():
    x, y = credit(3000, share=0.005)
    model = network(layers.Dense(8, "relu"), layers.Dense(1, "sigmoid"), loss="bce")
    assert kinds(model.check(x, y)) == ["rare class"]
    assert model.check(x, y, sample_weight=np.where(y, 200.0, 1.0)).healthy


def test_a_custom_loss_is_trusted():
    def squared(y_true: Node, y_pred: Node) -> Node:
        return (y_true - y_pred) ** 2

    x, y = numbers()
    assert network(layers.Dense(8, "relu"), layers.Dense(1), loss=squared).check(x, y).healthy


def test_a_trained_model_is_healthy_too():
    x, y = numbers()
    model = network(layers.Dense(1), optimizer=optimizers.SGD(0.1))
    model.fit(x, y, epochs=200, verbose=0)
    assert model.check(x, y).healthy


# ------------------------------------------------------------ the length of the steps
def examination(model, x, y, **plan):
    return Examination(model.opened(x, y), Plan(**plan))


def test_the_curvature_of_a_parabola():
    # loss = mean((w x - y) ** 2) curves by 2 mean(x ** 2) = 2 (1 + 9) / 2 = 10.
    model = network(layers.Dense(1, use_bias=False), optimizer="sgd")
    assert curvature(examination(model, [[1.0], [3.0]], [2.0, 6.0])) == pytest.approx(10, rel=1e-6)


def test_the_largest_of_several_curvatures():
    # The Hessian is 2 mean((x, 1) (x, 1)^T); its largest eigenvalue is found here by NumPy.
    x = np.array([[1.0, 0.5], [3.0, -1.0], [0.0, 2.0]])
    ones = np.column_stack([x, np.ones(3)])
    model = network(layers.Dense(1), optimizer="sgd")
    expected = np.linalg.eigvalsh(2 * ones.T @ ones / 3).max()
    assert curvature(examination(model, x, [1.0, 2.0, 3.0])) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("rate", "grows"), [(0.199, False), (0.201, True)])
def test_above_two_over_the_curvature_the_loss_grows(rate, grows):
    # Curvature 10, as above: steps of more than 2 / 10 lead up the other side.
    model = network(layers.Dense(1, use_bias=False), optimizer=optimizers.SGD(rate))
    played = rehearse(examination(model, [[1.0], [3.0]], [2.0, 6.0]))
    assert played.steps == 60
    assert (played.after > played.before) is grows


def test_the_bound_is_said_and_a_rate_below_it_proposed():
    x, y = numbers(400)
    finding = the_only(network(layers.Dense(1), optimizer=optimizers.SGD(2.0)).check(x, y))
    assert finding.kind == "learning rate too high"
    assert "(2 / " in finding.wrong
    assert finding.code == "optimizer=optimizers.SGD(0.1)"


def test_a_rate_of_zero_and_a_diverged_model_end_without_a_word_about_steps():
    x, y = numbers()
    assert network(layers.Dense(1), optimizer=optimizers.SGD(0.0)).check(x, y).healthy
    model = network(layers.Dense(1), optimizer="sgd")
    model.build((None, 4))
    model.set_weights([np.full((4, 1), np.inf), np.zeros(1)])
    assert "learning rate too high" not in kinds(model.check(x, y))


# ------------------------------------------------------------ where to hold one's tongue
def test_linear_layers_in_a_row_are_fine_where_the_rule_is_linear():
    x, y = numbers()
    assert network(layers.Dense(8), layers.Dense(1)).check(x, y).healthy


def test_yes_and_no_in_a_column_each_are_no_duplicates():
    x, y = numbers()
    yes = (x[:, 3] > 0).astype(float)
    model = network(layers.Dense(8, "relu"), layers.Dense(1))
    assert model.check(np.column_stack([x[:, :3], yes, 1 - yes]), y).healthy


def test_a_rule_of_one_column_is_no_leak_where_the_others_have_nothing_to_do_with_it():
    x, _ = numbers()
    assert network(layers.Dense(8, "relu"), layers.Dense(1)).check(x, 3 * x[:, 0] + 1).healthy


def test_equal_rows_are_no_leak_where_rows_are_often_equal():
    random = np.random.default_rng(0)
    x = random.integers(0, 3, (300, 3)).astype(float)
    y = (x.sum(axis=1) + random.normal(size=300) > 3).astype(int)
    model = network(layers.Dense(8, "relu"), layers.Dense(1, "sigmoid"), loss="bce")
    assert model.check(x[:200], y[:200], validation_data=(x[200:], y[200:])).healthy


def test_large_inputs_are_fine_behind_a_layer_that_scales_them():
    x, y = houses()
    scale = layers.Normalization()
    scale.adapt(x)
    model = network(scale, layers.Dense(8, "relu"), layers.Dense(1))
    assert model.check(x, scaled(y)).healthy


def test_dropout_between_layers_is_no_noise_at_the_output():
    x, y = numbers()
    stack = layers.Dense(16, "relu"), layers.Dropout(0.3), layers.Dense(1)
    assert network(*stack).check(x, y).healthy


def test_two_units_with_softmax_are_as_good_as_a_sigmoid():
    x, y = credit(300)
    model = network(layers.Dense(8, "relu"), layers.Dense(2, "softmax"), loss="bce")
    assert model.check(x, np.eye(2)[y]).healthy


def test_a_finding_is_plain_data():
    finding = Finding("kind", "What is wrong.", "What to do.", "code()", "risk")
    assert str(finding) == "Kind (risk). What is wrong. What to do.\n\n    code()"
    assert str(finding._replace(code="")) == "Kind (risk). What is wrong. What to do."
