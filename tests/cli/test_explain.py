"""`pellucid explain`: one case, number by number."""

from __future__ import annotations

import numpy as np

import pellucid as keras


def test_the_way_forward(pellucid, celsius):
    done = pellucid("explain", celsius, "--set", "celsius=100")
    assert (done.code, done.err) == (0, "")
    assert "celsius = 100\n" in done.out
    answer = pellucid("predict", celsius, "--set", "celsius=100").out.split(" = ")[1].strip()
    assert f"= {float(answer):.1f}" in done.out
    assert "loss" not in done.out


def test_the_way_back(pellucid, celsius):
    done = pellucid("explain", celsius, "--set", "celsius=100,fahrenheit=300")
    assert done.code == 0
    assert "backward: dense" in done.out
    assert "The loss of this batch was " in done.out


def test_a_model_without_names(pellucid):
    model = keras.Sequential([keras.layers.Dense(1, input_shape=[2])])
    model.set_weights([[[1.0], [2.0]], [3.0]])
    model.save("model.safetensors")
    done = pellucid("explain", "model.safetensors", "--set", "x1=4", "--set", "x2=5")
    assert "prediction = 1 * x1 + 2 * x2 + 3 = 17" in done.out
    done = pellucid("explain", "model.safetensors", "--set", "x1=4")
    assert (done.code, done.out) == (1, "")
    assert "expected a number for each of 'x1', 'x2'" in done.err
    done = pellucid("explain", "model.safetensors", "--set", "x1=4,x2=5,y=6")
    assert done.code == 1
    assert "not compiled" in done.err or "compile" in done.err


def test_a_model_of_pictures(pellucid):
    model = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten()])
    assert model.predict(np.zeros((1, 2, 2, 1)), verbose=0).shape == (1, 4)
    model.save("model.safetensors")
    done = pellucid("explain", "model.safetensors", "--set", "x1=4")
    assert done.code == 1
    assert "does not take a row of numbers" in done.err


def test_the_right_class_is_said_by_its_name(pellucid):
    model = keras.Sequential([keras.layers.Dense(2, "softmax", input_shape=[1])])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.answer_names = ["leaves", "buys"]
    model.save("model.safetensors")
    done = pellucid("explain", "model.safetensors", "--set", "x=4,buys=1")
    assert done.code == 0, done.err
    assert "d_z[1] = (prediction[buys] - 1) / 1" in done.out
