"""`pellucid fit`: what it finds, what it says, and what it saves."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pellucid.cli import _network
from pellucid.models import load_model

FIT_CELSIUS = ("fit", "celsius.csv", "--target", "fahrenheit")


def least_squares(target, *columns):
    """Return the slopes and the intercept that fit best, in closed form."""
    matrix = np.column_stack([*columns, np.ones(len(target))])
    return np.linalg.lstsq(matrix, np.asarray(target), rcond=None)[0]


def found(path):
    (rule,) = load_model(path).formula().rules
    return np.array([*rule.coefficients, rule.intercept])


# ------------------------------------------------------------ the main job
def test_celsius(pellucid):
    done = pellucid(*FIT_CELSIUS)
    assert (done.code, done.err) == (0, "")
    assert "Learning fahrenheit from celsius: 7 rows of celsius.csv." in done.out
    assert "A linear network: 2 numbers to learn." in done.out
    assert "\n    fahrenheit = 1.798 * celsius + 31.95\n" in done.out
    assert "Typical error on the 7 rows it learnt from: 0.2511 fahrenheit." in done.out
    assert "pellucid predict celsius.safetensors --set celsius=38\n" in done.out
    celsius = [-40, -10, 0, 8, 15, 22, 38]
    exact = least_squares([-40, 14, 32, 46, 59, 72, 100], celsius)
    np.testing.assert_allclose(found("celsius.safetensors"), exact, rtol=1e-9)


def test_the_loss_falls_before_the_eyes_of_the_user(pellucid):
    out = pellucid(*FIT_CELSIUS).out
    lines = re.findall(r"^ +(\d+) +([\d.]+)  ([\d.]+) fahrenheit$", out, flags=re.MULTILINE)
    epochs = [int(epoch) for epoch, _, _ in lines]
    losses = [float(loss) for _, loss, _ in lines]
    assert epochs[:6] == [1, 2, 5, 10, 20, 50]
    assert losses == sorted(losses, reverse=True)
    # Before the first step the answer is the mean, so the loss is the variance of the column.
    assert losses[0] == pytest.approx(np.var([-40, 14, 32, 46, 59, 72, 100]), rel=1e-3)
    for _, loss, error in lines:
        assert float(error) ** 2 == pytest.approx(float(loss), rel=1e-2)


def test_the_same_command_gives_the_same_network(pellucid, folder):
    model = folder / "celsius.safetensors"
    outputs = [
        (pellucid(*FIT_CELSIUS, "--layers", "3", "--epochs", "5").out, model.read_bytes()) for _ in "12"
    ]
    assert outputs[0] == outputs[1]
    assert pellucid(*FIT_CELSIUS, "--layers", "3", "--epochs", "5", "--seed", "1").out != outputs[0][0]


def test_a_linear_rule_does_not_depend_on_the_seed(pellucid):
    assert pellucid(*FIT_CELSIUS, "--seed", "3").out == pellucid(*FIT_CELSIUS).out


# ------------------------------------------------------------ least squares, whatever the columns are like
def tables():
    random = np.random.default_rng(0)
    a, b, noise = random.normal(size=(3, 40))
    u = np.linspace(0, 10, 40)
    return {
        "of all sizes": ((5e6 + 1e6 * a, 1e-3 * b), 3e-4 * a * 1e6 - 200 * b + noise),
        "tiny": ((1e-12 * a, 1e-9 * b), 1e-20 * (a - b)),
        "far from 0": ((1e9 + a,), 2 * (1e9 + a) + noise),
        "correlated": ((a, a + 0.01 * b), 3 * a - 2 * b + noise),
        "powers": ((u, u**2, u**3), 1 + 2 * u - 0.5 * u**2 + 0.1 * u**3 + noise),
    }


@pytest.mark.parametrize("kind", tables())
def test_finds_the_least_squares_rule(pellucid, write, kind):
    columns, target = tables()[kind]
    names = dict(zip("abc", columns, strict=False))
    assert pellucid("fit", write("t.csv", **names, y=target), "--target", "y").code == 0
    predicted = load_model("t.safetensors").predict(np.column_stack(columns), verbose=0)[:, 0]
    # The closed form for scaled columns: NumPy's own digits do not reach far for these.
    scaled = [(column - column.mean()) / column.std() for column in columns]
    slopes = least_squares(target - target.mean(), *scaled)[:-1]
    best = target.mean() + np.column_stack(scaled) @ slopes
    np.testing.assert_allclose(predicted, best, atol=1e-7 * target.std())


def test_says_when_other_rules_fit_as_well(pellucid, write):
    u = np.arange(10.0)
    table = write("t.csv", celsius=u, kelvin=u + 273.15, wind=u % 3, y=1.8 * u + 32)
    out = pellucid("fit", table, "--target", "y").out
    # Of all rules, that with the smallest numbers: 1.8 is shared out evenly.
    assert "y = 0.9 * celsius + 0.9 * kelvin - 213.8" in out
    assert "Other numbers for celsius and kelvin would fit these rows as well" in out
    assert "Other numbers" not in pellucid(*FIT_CELSIUS).out


def test_more_columns_than_rows(pellucid, write):
    columns = {f"c{place}": row for place, row in enumerate(np.random.default_rng(0).normal(size=(8, 4)))}
    out = pellucid("fit", write("t.csv", **columns, y=[1, 2, 3, 4]), "--target", "y").out
    assert "Other numbers for c0, c1, c2, c3, c4, c5, c6 and c7 would fit" in out
    assert re.search(r"Typical error on the 4 rows it learnt from: [\d.]+e-\d\d y", out)


def test_columns_that_say_nothing_are_left_out(pellucid, write):
    out = pellucid("fit", write("t.csv", a=[1, 2, 3], year=[7, 7, 7], y=[2, 4, 6]), "--target", "y").out
    assert "Left out, being the same in every row: year." in out
    assert "\n    y = 2 * a\n" in out


def test_a_target_that_never_changes(pellucid, write):
    for layers in ((), ("--layers", "2", "--epochs", "3")):
        done = pellucid("fit", write("t.csv", a=[1, 2, 3], y=[5, 5, 5]), "--target", "y", *layers)
        assert "Typical error on the 3 rows it learnt from: 0 y." in done.out
        assert ("\n    y = 5\n" in done.out) != bool(layers)


# ------------------------------------------------------------ hidden layers
def test_hidden_layers_learn_what_no_line_fits(pellucid, write):
    u = np.linspace(-3, 3, 40)
    table = write("wave.csv", u=u, height=np.sin(2 * u))
    done = pellucid("fit", table, "--target", "height", "--layers", "8,8", "--epochs", "1000")
    assert "A network with hidden layers of 8 and 8 units (tanh): 97 numbers to learn." in done.out
    assert "What it found has no short formula" in done.out
    error = re.search(r"learnt from: ([\d.]+) height", done.out)
    assert float(error[1]) < 0.2  # a line is off by 0.7


def test_learns_the_same_in_any_unit(pellucid, write):
    """All that is chosen for the learning is chosen relative to the sizes of the columns."""
    u = np.linspace(-3, 3, 20)
    answers = []
    for unit in (1.0, 2.0**40, 2.0**-40):  # by powers of two, so that rounding is the same
        table = write("t.csv", u=u * unit, y=np.sin(u) / unit)
        pellucid("fit", table, "--target", "y", "--layers", "4", "--epochs", "20")
        answers.append(load_model("t.safetensors").predict(u * unit, verbose=0) * unit)
    np.testing.assert_allclose(answers[1], answers[0], rtol=1e-9)
    np.testing.assert_allclose(answers[2], answers[0], rtol=1e-9)


# ------------------------------------------------------------ rows kept aside
def test_a_fifth_of_many_rows_is_kept_aside(pellucid, write):
    random = np.random.default_rng(0)
    a, noise = random.normal(size=(2, 1000))
    done = pellucid("fit", write("t.csv", a=a, y=2 * a + 3 * noise), "--target", "y")
    assert "Learning y from a: 800 rows of t.csv." in done.out
    assert "Another 200 rows are kept aside" in done.out
    learnt, aside = (float(error) for error in re.findall(r"Typical error on .*: ([\d.]+) y\.", done.out))
    assert learnt == pytest.approx(3, rel=0.1)
    assert aside == pytest.approx(3, rel=0.1)
    assert learnt != aside


def test_few_rows_are_all_learnt_from(pellucid, write):
    a = np.arange(49.0)
    assert "kept aside" not in pellucid("fit", write("t.csv", a=a, y=a), "--target", "y").out


# ------------------------------------------------------------ the file
def test_is_saved_where_it_is_wanted(pellucid, folder):
    (folder / "models").mkdir()
    done = pellucid(*FIT_CELSIUS, "--out", "models/my model.safetensors")
    assert "pellucid source 'models/my model.safetensors'\n" in done.out
    assert (folder / "models" / "my model.safetensors").exists()
    assert not (folder / "celsius.safetensors").exists()


@pytest.mark.parametrize(
    ("out", "complaint"),
    [
        (
            "no/such.safetensors",
            "'no/such.safetensors' cannot be written: expected an existing folder, received 'no'",
        ),
        ("model.h5", "expected a name that ends in .safetensors, received .h5; try 'model.safetensors'"),
        (".", "'.' cannot be written: expected a file in a folder that may be changed, received a folder"),
    ],
)
def test_a_place_that_it_cannot_be_saved_in_is_refused_before_the_work(pellucid, out, complaint):
    done = pellucid(*FIT_CELSIUS, "--out", out)
    assert (done.code, done.out) == (1, "")
    assert complaint in done.err


# ------------------------------------------------------------ Ctrl-C
@pytest.fixture
def interrupted(monkeypatch):
    """Let Ctrl-C come in an epoch of one's choice."""

    def at(wanted):
        fit = _network.Model.fit

        def fit_with_interruption(self, *arguments, callbacks, **options):
            class Interruption(_network.Callback):
                def on_epoch_begin(self, epoch, logs=None):
                    if epoch == wanted:
                        raise KeyboardInterrupt

            return fit(self, *arguments, callbacks=[*callbacks, Interruption()], **options)

        monkeypatch.setattr(_network.Model, "fit", fit_with_interruption)

    return at


def test_ctrl_c_keeps_what_was_learnt(pellucid, interrupted):
    interrupted(60)
    done = pellucid(*FIT_CELSIUS)
    assert done.code == 130
    assert "Stopped after 60 of 277 epochs." in done.out
    assert "The rule it found:" in done.out
    assert "Saved as celsius.safetensors." in done.out
    assert load_model("celsius.safetensors").predict([100.0], verbose=0).item() == pytest.approx(211.7, abs=2)


def test_ctrl_c_before_anything_was_learnt_leaves_everything_as_it_was(
    pellucid, interrupted, celsius, folder
):
    before = (folder / celsius).read_bytes()
    interrupted(0)
    done = pellucid(*FIT_CELSIUS)
    assert done.code == 130
    assert done.err.strip() == "pellucid: stopped."
    assert (folder / celsius).read_bytes() == before


# ------------------------------------------------------------ what cannot be learnt
NOTHING = "there is nothing to learn from: expected a column whose numbers differ"


@pytest.mark.parametrize(
    ("content", "target", "complaint"),
    [
        (None, "a", "there is no file 't.csv': expected the path of a CSV file"),
        ("", "a", "'t.csv' is empty: expected a line of column names"),
        ("a,b\n", "a", "'t.csv' has a header but no rows"),
        ("a,b\n1,2\nred,3\n", "b", "line 3 of 't.csv' has no number in column 'a'"),
        ("a,b\n1,2\n3\n", "b", "line 3 of 't.csv' does not fit the header: expected 2 cells, received 1"),
        ("size,age\n1,2\n", "sise", "no column is called 'sise': expected one of 'size', 'age', "),
        ("a\n1\n2\n", "a", "there is nothing to learn 'a' from: expected at least one column beside it"),
        ("a,b\n1,2\n", "b", f"{NOTHING}, received 1 row of 'a'"),
        ("a,b\n1,2\n1,3\n", "b", f"{NOTHING}, received 2 equal rows of 'a'"),
        ("a,b\n1e200,2\n-1e200,3\n", "b", "the column 'a' cannot be scaled: expected numbers that differ by"),
        ("a,b\n1,1e-200\n2,2e-200\n", "b", "the column 'b' cannot be scaled"),
    ],
    ids=range(11),
)
def test_bad_tables_get_one_sentence(pellucid, folder, content, target, complaint):
    if content is not None:
        (folder / "t.csv").write_text(content)
    done = pellucid("fit", "t.csv", "--target", target)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"pellucid: {complaint}")
    assert done.err.count("\n") == 1
    assert not (folder / "t.safetensors").exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "required: --target"),
        (("--target", "b", "--layers", "8,x"), "expected whole numbers above 0 such as 8,8, received '8,x'"),
        (("--target", "b", "--layers", "0"), "expected whole numbers above 0 such as 8,8, received '0'"),
        (("--target", "b", "--epochs", "0"), "expected a whole number above 0, received '0'"),
        (("--target", "b", "--seed", "-1"), "expected a whole number from 0 to 2**64 - 1, received '-1'"),
        (("--target", "b", "--layer", "8"), "unrecognized arguments"),
    ],
)
def test_words_that_make_no_command(pellucid, words, complaint):
    done = pellucid("fit", "celsius.csv", *words)
    assert done.code == 2
    assert complaint in done.err
