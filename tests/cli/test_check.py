"""`pellucid check`: the classic mistakes in a model and its table."""

from __future__ import annotations

import numpy as np


def test_a_healthy_model(pellucid, celsius):
    done = pellucid("check", celsius, "celsius.csv")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Nothing wrong was found with 'fahrenheit'. Looked at: ")


def test_what_is_wrong_and_what_to_do(pellucid, write):
    random = np.random.default_rng(0)
    area, age = random.normal(120, 30, 60), random.integers(0, 80, 60)
    price = 2000 * area - 500 * age + random.normal(0, 1000, 60)
    age = np.where(np.arange(60) % 8 == 0, -999, age)
    write("houses.csv", number=np.arange(60), area=area, age=age, price=price)
    pellucid("fit", "houses.csv", "--target", "price", "--epochs", "50")
    done = pellucid("check", "houses.safetensors", "houses.csv")
    assert done.code == 1
    assert "Column 'number' of x counts: whole numbers from 0 to 59" in done.out
    assert "Column 'age' of x is -999 in 8 of 60 rows" in done.out


def test_the_table_that_it_is_judged_with(pellucid, write):
    random = np.random.default_rng(0)
    x = random.normal(size=60)
    write("t.csv", x=x, z=random.normal(size=60), y=x + random.normal(0, 0.1, 60))
    pellucid("fit", "t.csv", "--target", "y")
    done = pellucid("check", "t.safetensors", "t.csv", "--validation", "t.csv")
    assert done.code == 1
    assert "60 of 60 validation rows looked at are in the training data too" in done.out


def test_a_column_that_is_not_there(pellucid, celsius, write):
    write("t.csv", celsius=[1, 2])
    done = pellucid("check", celsius, "t.csv")
    assert done.code == 1
    assert "'t.csv' has no column 'fahrenheit', which the model learns from" in done.err
