"""LaTeX: every primitive has its spelling, and parentheses stand where they must."""

from __future__ import annotations

import re

import pytest
from tests.engines.models import CASES

import pellucid as keras
from pellucid.graph import BATCH, Graph, named
from pellucid.hood.formulas.labels import latex_name, latex_number
from pellucid.hood.formulas.spelling import SPELLINGS, spelled
from pellucid.layers import Dense
from pellucid.ops import PRIMITIVES, exp, matmul, maximum, reduce_mean, reduce_sum, select, transpose

pytestmark = pytest.mark.slow


def test_every_primitive_has_a_spelling():
    assert set(SPELLINGS) == set(PRIMITIVES)


def written(function):
    graph = Graph("sample")
    with graph:
        a, b = (graph.input(name, (BATCH, 3), "float32") for name in "ab")
        node = function(a, b)
    return spelled(node, lambda part: part["name"] if part.op.name == "input" else None).text


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (lambda a, b: a - (a - b), r"a - \left(a - b\right)"),
        (lambda a, b: a - a + b, "a - a + b"),
        (lambda a, b: (a + b) * a, r"\left(a + b\right) \odot a"),
        (lambda a, b: 2 * a * b, r"2 \, a \odot b"),
        (lambda a, b: a * (2 * b), r"a \odot 2 \, b"),
        (lambda a, b: -(a + b), r"-\left(a + b\right)"),
        (lambda a, b: (a + b) / (a - b), r"\frac{a + b}{a - b}"),
        (lambda a, b: (a / b) ** 2, r"\left(\frac{a}{b}\right)^{2}"),
        (lambda a, b: exp(-a) ** 2, r"\left(e^{-a}\right)^{2}"),
        (lambda a, b: maximum(a, 0), r"\operatorname{relu}\left(a\right)"),
        (maximum, r"\max\left(a, b\right)"),
        (lambda a, b: matmul(transpose(a, axes=(1, 0)), a + b), r"a^{\top} \, \left(a + b\right)"),
        (lambda a, b: reduce_sum(a + b, axes=(0,)), r"\sum_{\text{batch}} \left(a + b\right)"),
        (lambda a, b: reduce_mean(a, axes=(0, 1)), r"\operatorname{mean}\left(a\right)"),
        (
            lambda a, b: select(a > 0, a, 0.2 * a),
            r"\begin{cases} a & \text{where } a > 0 \\ 0.2 \, a & \text{elsewhere} \end{cases}",
        ),
    ],
)
def test_formulas(function, text):
    assert written(function).replace(r"\,a", r"\, a") == text


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("x", "x"),
        ("x12", "x_{12}"),
        ("W1", "W_{1}"),
        ("z1[2]", "z_{1,2}"),
        ("y[1,2]", "y_{1,2}"),
        ("part_2", r"\mathrm{part}_{2}"),
        ("gamma1", r"\gamma_{1}"),
        ("moving_mean1", r"\mathrm{moving\_mean}_{1}"),
        ("d_W1", r"\frac{\partial L}{\partial W_{1}}"),
        ("floor area", r"\text{floor area}"),
        ("50 % {off}", r"\text{50 \% \{off\}}"),
        ("a\\b^c", r"\text{a\textbackslash{}b\textasciicircum{}c}"),
    ],
)
def test_names(name, latex):
    assert latex_name(name) == latex


def test_numbers():
    assert [latex_number(number) for number in (1.79794, -0.5, 3.2e-9)] == [
        "1.798",
        "-0.5",
        r"3.2 \cdot 10^{-9}",
    ]
    assert latex_number(float("inf")) == r"\infty"


@pytest.mark.parametrize("name", [name for name in CASES if "float64" not in name])
def test_latex_of_every_model_is_well_formed(name):
    """Braces, environments and large parentheses close, in their order."""
    latex = CASES[name].model().formula().latex
    open_ones = []
    for sign in re.findall(r"\\[{}]|\\begin\{\w+\}|\\end\{\w+\}|\\left|\\right|[{}]", latex):
        if sign in ("{", r"\left") or sign.startswith(r"\begin"):
            open_ones.append(sign)
        elif not sign.startswith(("\\{", "\\}")):
            expected = {"}": "{", r"\right": r"\left"}.get(sign) or sign.replace("end", "begin")
            assert open_ones.pop() == expected
    assert open_ones == []


def test_the_latex_of_a_small_network():
    model = keras.Sequential([keras.Input((2,)), Dense(1, "tanh"), Dense(1)])
    model.set_weights([[[0.5], [-2]], [1], [[3]], [0.25]])
    assert model.formula().latex == (
        r"""\begin{aligned}
&\text{dense\_1 (1 unit, tanh)} \\
z_{1} &= x \, W_{1} + b_{1} \\
a_{1} &= \tanh\left(z_{1}\right) \\
W_{1} &= \begin{pmatrix} 0.5 \\ -2 \end{pmatrix} \\
b_{1} &= \begin{pmatrix} 1 \end{pmatrix} \\
&\text{dense\_2 (1 unit, linear)} \\
\mathrm{prediction} &= a_{1} \, W_{2} + b_{2} \\
W_{2} &= \begin{pmatrix} 3 \end{pmatrix} \\
b_{2} &= \begin{pmatrix} 0.25 \end{pmatrix}
\end{aligned}"""
    )


def test_what_a_notebook_shows():
    model = keras.Sequential([keras.Input((1,)), Dense(1)])
    model.set_weights([[[1.8]], [32]])
    model.feature_names, model.answer_names = "a < b", "y & z"
    formula = model.formula()
    assert formula._repr_latex_() == f"$\\displaystyle {formula.latex}$"
    page = formula._repr_html_()
    assert r"$$\begin{aligned}" in page
    assert r"\text{y \&amp; z} &amp;= 1.8\,\text{a &lt; b} + 32" in page


def test_named_values_stand_for_themselves():
    graph = Graph("sample")
    with graph:
        a = graph.input("a", (BATCH, 3), "float32")
        node = named("z", a * 2) + 1
    names = {node.inputs[0]: "z1"}
    assert spelled(node, names.get).text == "z_{1} + 1"
