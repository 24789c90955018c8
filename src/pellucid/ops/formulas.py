"""NumPy functions that formulas call. Printed programs carry their source, so they have no type hints."""

import math

import numpy as np

__all__ = [
    "erf",
    "gather_gradient",
    "log_sum_exp",
    "number_of",
    "one_hot",
    "pick",
    "random_bits",
    "random_uniform",
    "sigmoid",
    "slice_gradient",
    "softmax",
    "threefry",
]


def sigmoid(z):
    """1 / (1 + exp(-z)), written so that exp never overflows."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def erf(x):
    """The error function: 2 / sqrt(pi) times the integral of exp(-t ** 2) from 0 to x."""
    return np.array([math.erf(number) for number in x.ravel()], x.dtype).reshape(x.shape)


def softmax(z):
    """exp(z) / sum(exp(z)) in each row. Subtracting the largest z changes nothing but avoids overflow."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def log_sum_exp(z):
    """log(sum(exp(z))) in each row. Subtracting the largest z avoids overflow."""
    largest = z.max(axis=-1)
    return largest + np.log(np.exp(z - largest[..., None]).sum(axis=-1))


def one_hot(labels, classes, dtype=np.float32):
    """Row i is 0 everywhere except 1 in column labels[i]."""
    return (labels[..., None] == np.arange(classes)).astype(dtype)


def pick(table, labels):
    """From row i of the table, the number in column labels[i]."""
    return np.take_along_axis(table, labels[..., None], axis=-1)[..., 0]


def gather_gradient(d_rows, labels, count):
    """The gradient of table[labels]: each row is added where it came from."""
    d_table = np.zeros((count, *d_rows.shape[labels.ndim :]), d_rows.dtype)
    np.add.at(d_table, labels, d_rows)
    return d_table


def slice_gradient(d_part, size, axis, start):
    """The gradient of a slice: its numbers in their place, 0 around them."""
    around = [(0, 0)] * d_part.ndim
    around[axis] = (start, size - start - d_part.shape[axis])
    return np.pad(d_part, around)


def random_uniform(shape, seed, stream, step=0):
    """Random numbers from 0 to 1 (without 1), each a multiple of 2 ** -24."""
    bits = random_bits(math.prod(shape), seed, stream, [step])[0]
    return ((bits >> 8) * 2.0**-24).astype(np.float32).reshape(shape)


def random_bits(count, seed, stream, steps):
    """Random whole numbers below 2 ** 32, a row for each step: they depend on seed, stream and step only."""
    pairs = np.arange((count + 1) // 2, dtype=np.uint32)
    rows = np.array(steps, np.uint32)[:, None]
    bits = threefry(pairs, rows, seed % 2**32, number_of(stream, seed // 2**32))
    return np.stack(bits, axis=-1).reshape(len(rows), -1)[:, :count]


def number_of(name, start=0):
    """A whole number below 2 ** 32 for a name: each stream of random numbers has its own."""
    number = start
    for letter in name:
        number = (31 * number + ord(letter)) % 2**32
    return number


def threefry(a, b, key_1, key_2):
    """Random bits, computed from a counter (a, b) and a key (Threefry-2x32-20: Salmon et al., 2011)."""
    keys = np.array([key_1, key_2, key_1 ^ key_2 ^ 0x1BD11BDA], np.uint32)
    a, b = a + keys[0], b + keys[1]
    for i in range(20):
        turn = np.uint32((13, 15, 26, 6, 17, 29, 16, 24)[i % 8])
        a = a + b
        b = (b << turn | b >> (32 - turn)) ^ a
        if i % 4 == 3:
            s = i // 4 + 1
            a, b = a + keys[s % 3], b + keys[(s + 1) % 3] + np.uint32(s)
    return a, b
