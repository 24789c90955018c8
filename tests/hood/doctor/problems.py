"""Made-up data of the kinds that people bring: tables, clouds, pictures, series."""

from __future__ import annotations

import numpy as np

__all__ = ["clouds", "credit", "digits", "houses", "pictures", "scaled", "series", "words"]


def scaled(x: np.ndarray) -> np.ndarray:
    """Return columns of mean 0 and deviation 1."""
    return (x - x.mean(axis=0)) / x.std(axis=0)


def houses(n: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Make area in square feet, rooms, age, distance and income in dollars; and prices in dollars."""
    random = np.random.default_rng(seed)
    area = random.normal(1800, 500, n).clip(400)
    rooms = np.round(area / 350 + random.normal(0, 1, n)).clip(1)
    age = random.integers(0, 100, n)
    distance = random.exponential(8, n)
    income = random.lognormal(10.8, 0.4, n)
    price = 110 * area + 9000 * rooms - 400 * age - 2500 * distance + 1.1 * income
    return np.column_stack([area, rooms, age, distance, income]), price + random.normal(0, 15000, n)


def clouds(n: int = 300, classes: int = 3, features: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Make flowers measured in centimetres: one cloud for each class, in random order."""
    random = np.random.default_rng(seed)
    centres = random.uniform(1.0, 6.0, (classes, features))
    labels = random.permutation(np.arange(n) % classes)
    return centres[labels] + random.normal(0, 0.4, (n, features)), labels


def credit(n: int = 600, share: float = 0.3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Make eight columns about customers, scaled, and whether each paid late."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, 8))
    score = 1.5 * x[:, 0] - x[:, 1] + x[:, 2] * x[:, 3] + random.normal(0, 0.5, n)
    return x, (score > np.quantile(score, 1 - share)).astype(int)


def pictures(n: int = 300, classes: int = 3, size: int = 12, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Make grey pictures of 0 to 255, with a spot whose place tells the class."""
    random = np.random.default_rng(seed)
    labels = random.permutation(np.arange(n) % classes)
    angle = 2 * np.pi * labels / classes
    row, column = (size / 2 + size / 4 * turn(angle) + random.normal(0, 0.6, n) for turn in (np.sin, np.cos))
    rows, columns = np.mgrid[:size, :size]
    far = (rows - row[:, None, None]) ** 2 + (columns - column[:, None, None]) ** 2
    grey = 230 * np.exp(-far / size) + random.normal(0, 12, (n, size, size))
    return grey.clip(0, 255).astype(np.uint8), labels


def digits(n: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Make pictures of 8 by 8 in 64 columns of 0 to 16, whose corners are always empty."""
    random = np.random.default_rng(seed)
    forms = random.integers(0, 14, (10, 8, 8))
    labels = random.integers(0, 10, n)
    x = (forms[labels] + random.integers(-3, 4, (n, 8, 8))).clip(0, 16)
    x[:, [0, 0, -1, -1], [0, -1, 0, -1]] = 0
    return x.reshape(n, 64).astype(float), labels


def series(n: int = 400, window: int = 12, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Cut a noisy wave into windows; the answer is what comes next."""
    random = np.random.default_rng(seed)
    wave = np.sin(np.arange(n + window) / 5) + random.normal(0, 0.05, n + window)
    return np.stack([wave[start : start + window] for start in range(n)]), wave[window:]


def words(n: int = 500, known: int = 200, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Make rows that say which words a review has, and whether it is a good one."""
    random = np.random.default_rng(seed)
    y = random.integers(0, 2, n)
    often = random.uniform(0.0, 0.08, (2, known))
    often[0, :20] += 0.2
    often[1, 20:40] += 0.2
    often[:, -5:] = 0  # words that no review has
    return (random.random((n, known)) < often[y]).astype(float), y
