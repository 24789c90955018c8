"""A small slice of convolution: it settles that convolution fits in, before there are layers for it.

Three primitives, made with what is public, are closed under differentiation: each one's gradient is made of
the other two, so gradients of every order exist and are printed like everything else.
"""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.errors import ShapeError
from pellucid.graph import BATCH, Axis, Graph, Node, Shape, check, shape_text
from pellucid.ops import PRIMITIVES, Formula, Primitive, Sample, reduce_mean, reduce_sum, tanh
from pellucid.testing import check_gradient, check_op, evaluate
from pellucid.transforms.gradient import gradient

pytestmark = pytest.mark.slow


# ------------------------------------------------------------ formulas: long ones are NumPy functions
def under(x, i, j, stride, rows, columns):
    """The part of x that lies under entry (i, j) of the kernel while the kernel moves over x."""
    return x[:, i : i + stride * rows : stride, j : j + stride * columns : stride]


def convolve(x, kernel, stride):
    """Slide the kernel over the rows and columns of x, and multiply and add at every place."""
    rows, columns = ((x.shape[axis] - kernel.shape[axis - 1]) // stride + 1 for axis in (1, 2))
    z = np.zeros((len(x), rows, columns, kernel.shape[3]), x.dtype)
    for i, j in np.ndindex(kernel.shape[:2]):
        z += under(x, i, j, stride, rows, columns) @ kernel[i, j]
    return z


def convolve_d_x(d_z, kernel, stride, height, width):
    """The gradient with respect to x: each place of z gives to the part of x that it came from."""
    d_x = np.zeros((len(d_z), height, width, kernel.shape[2]), d_z.dtype)
    for i, j in np.ndindex(kernel.shape[:2]):
        under(d_x, i, j, stride, *d_z.shape[1:3])[...] += d_z @ kernel[i, j].T
    return d_x


def convolve_d_kernel(x, d_z, stride, height, width):
    """The gradient with respect to the kernel: each entry sees the part of x that lay under it."""
    d_kernel = np.zeros((height, width, x.shape[3], d_z.shape[3]), x.dtype)
    for i, j in np.ndindex(height, width):
        part = under(x, i, j, stride, *d_z.shape[1:3])
        d_kernel[i, j] = np.tensordot(part, d_z, axes=((0, 1, 2), (0, 1, 2)))
    return d_kernel


# ------------------------------------------------------------ rules
def places(size: Axis, kernel: Axis, stride: int) -> int:
    """How many places the kernel has along one axis."""
    if not isinstance(size, int) or not isinstance(kernel, int) or kernel > size:
        raise ShapeError("the kernel does not fit", expected=f"at most {size!r}", received=repr(kernel))
    return (size - kernel) // stride + 1


def conv_shape(x: Node, kernel: Node, stride: int) -> tuple[Shape, str]:
    if len(x.shape) != 4 or len(kernel.shape) != 4 or x.shape[3] != kernel.shape[2]:
        raise ShapeError(
            "this kernel is not made for these images",
            expected="(batch, height, width, channels) and (height, width, channels, filters)",
            received=f"{shape_text(x.shape)} and {shape_text(kernel.shape)}",
        )
    rows, columns = (places(x.shape[axis], kernel.shape[axis - 1], stride) for axis in (1, 2))
    return (x.shape[0], rows, columns, kernel.shape[3]), x.dtype


def conv_d_x_shape(d_z: Node, kernel: Node, stride: int, height: int, width: int) -> tuple[Shape, str]:
    return (d_z.shape[0], height, width, kernel.shape[2]), d_z.dtype


def conv_d_kernel_shape(x: Node, d_z: Node, stride: int, height: int, width: int) -> tuple[Shape, str]:
    return (height, width, x.shape[3], d_z.shape[3]), x.dtype


class Convolution:
    """The three primitives: z = conv(x, kernel), and its two gradients."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        sizes = ((2, 5, 4, 2), (2, 3, 2, 3), (2, 2, 1, 3))
        x, kernel, z = (random.uniform(-1, 1, size).tolist() for size in sizes)
        self.conv = Primitive(
            "conv",
            shape=conv_shape,
            numpy=Formula("convolve(x, y, stride)", under, convolve),
            gradient=self.conv_gradient,
            samples=[Sample(x, kernel, stride=1), Sample(x, kernel, stride=2)],
        )
        self.conv_d_x = Primitive(
            "conv_d_x",
            shape=conv_d_x_shape,
            numpy=Formula("convolve_d_x(x, y, stride, height, width)", under, convolve_d_x),
            gradient=self.conv_d_x_gradient,
            samples=[Sample(z, kernel, stride=2, height=5, width=4)],
        )
        self.conv_d_kernel = Primitive(
            "conv_d_kernel",
            shape=conv_d_kernel_shape,
            numpy=Formula("convolve_d_kernel(x, y, stride, height, width)", under, convolve_d_kernel),
            gradient=self.conv_d_kernel_gradient,
            samples=[Sample(x, z, stride=2, height=2, width=3)],
        )

    def d_x(self, d_z: Node, kernel: Node, x: Node, stride: int) -> Node:
        return self.conv_d_x(d_z, kernel, stride=stride, height=x.shape[1], width=x.shape[2])

    def d_kernel(self, x: Node, d_z: Node, kernel: Node, stride: int) -> Node:
        return self.conv_d_kernel(x, d_z, stride=stride, height=kernel.shape[0], width=kernel.shape[1])

    def conv_gradient(self, g: Node, out: Node, x: Node, kernel: Node) -> tuple[Node, Node]:
        return self.d_x(g, kernel, x, out["stride"]), self.d_kernel(x, g, kernel, out["stride"])

    def conv_d_x_gradient(self, g: Node, out: Node, d_z: Node, kernel: Node) -> tuple[Node, Node]:
        return self.conv(g, kernel, stride=out["stride"]), self.d_kernel(g, d_z, kernel, out["stride"])

    def conv_d_kernel_gradient(self, g: Node, out: Node, x: Node, d_z: Node) -> tuple[Node, Node]:
        return self.d_x(d_z, g, x, out["stride"]), self.conv(x, g, stride=out["stride"])


@pytest.fixture(scope="module")
def convolution():
    """The primitives, made but not entered in the list that every engine must know."""
    made = Convolution()
    assert not any(name.startswith("conv") for name in PRIMITIVES)
    return made


# ------------------------------------------------------------ tests
@pytest.mark.parametrize("name", ["conv", "conv_d_x", "conv_d_kernel"])
def test_rules_agree_with_formulas(convolution, name):
    check_op(getattr(convolution, name))


def test_a_value_worked_out_by_hand(convolution):
    """A 3 x 3 image under a 2 x 2 kernel of ones: each result is the sum of four neighbours."""
    image = np.arange(9.0).reshape(1, 3, 3, 1)  # 0 1 2 / 3 4 5 / 6 7 8
    graph = Graph()
    with graph:
        x, kernel = graph.input("x", image.shape, "float64"), graph.input("kernel", (2, 2, 1, 1), "float64")
        graph.outputs = {("z",): convolution.conv(x, kernel, stride=1)}
    z = evaluate(graph, {"x": image, "kernel": np.ones((2, 2, 1, 1))})["z",]
    assert z[0, :, :, 0].tolist() == [[0 + 1 + 3 + 4, 1 + 2 + 4 + 5], [3 + 4 + 6 + 7, 4 + 5 + 7 + 8]]


def test_rows_that_no_kernel_reaches_get_no_gradient(convolution):
    """With stride 2, a kernel of 2 has two places on five rows; the fifth row is never seen."""
    graph = Graph()
    with graph:
        x, kernel = graph.input("x", (1, 5, 2, 1), "float64"), graph.input("kernel", (2, 2, 1, 1), "float64")
        total = reduce_sum(convolution.conv(x, kernel, stride=2), axes=(0, 1, 2, 3))
        graph.outputs = {("d_x",): gradient(total, [x])[0]}
    d_x = evaluate(graph, {"x": np.zeros((1, 5, 2, 1)), "kernel": np.ones((2, 2, 1, 1))})["d_x",]
    assert d_x[0, :, :, 0].tolist() == [[1, 1], [1, 1], [1, 1], [1, 1], [0, 0]]


def test_gradients_of_a_small_network(convolution):
    """Two layers, so that every primitive meets the gradients of the others, first and second order."""
    random = np.random.default_rng(1)
    sizes = ((2, 5, 5, 1), (3, 3, 1, 2), (2,), (2, 2, 2, 1))
    arrays = [random.uniform(-1, 1, size) for size in sizes]

    def network(x: Node, kernel_1: Node, bias: Node, kernel_2: Node) -> Node:
        a = tanh(convolution.conv(x, kernel_1, stride=1) + bias)
        return convolution.conv(a, kernel_2, stride=1) ** 2

    check_gradient(network, *arrays)


def test_the_batch_may_be_symbolic(convolution):
    graph = Graph()
    with graph:
        x, kernel = (
            graph.input("x", (BATCH, 4, 4, 1), "float32"),
            graph.input("kernel", (2, 2, 1, 3), "float32"),
        )
        z = convolution.conv(x, kernel, stride=2)
        loss = reduce_mean(z * z, axes=(0, 1, 2, 3))
        d_kernel, d_x = gradient(loss, [kernel, x])
        graph.outputs = {("loss",): loss, ("d_kernel",): d_kernel, ("d_x",): d_x}
    assert z.shape == (BATCH, 2, 2, 3)
    for batch in (1, 3):
        arrays = {"x": np.ones((batch, 4, 4, 1), "f"), "kernel": np.ones((2, 2, 1, 3), "f")}
        results = evaluate(check(graph), arrays)
        assert results["loss",] == 16  # each of the equal results is 4
        np.testing.assert_allclose(results["d_kernel",], 8 / 3, rtol=1e-6)  # 2 z, a third for each filter


def test_sizes_that_do_not_fit_are_named(convolution):
    graph = Graph()
    with graph:
        x, kernel = (
            graph.input("x", (BATCH, 4, 4, 3), "float32"),
            graph.input("kernel", (2, 2, 1, 3), "float32"),
        )
        with pytest.raises(ShapeError, match=r"received \(batch, 4, 4, 3\) and \(2, 2, 1, 3\)"):
            convolution.conv(x, kernel, stride=1)
