"""Backpropagation written out in NumPy: it learns what the network learns, step by step."""
# fmt: off

import matplotlib.pyplot as plt
import numpy as np

from pellucid.datasets import donut, xor
from pellucid.keras.layers import Dense
from pellucid.keras.models import Sequential
from pellucid.keras.optimizers import SGD

M = 8                             # hidden units


def forward(X, W, b, V, c):
    Z = np.tanh(X @ W + b)
    Y = 1 / (1 + np.exp(-(Z @ V + c)))
    return Z, Y


def cost(T, Y):
    return -np.mean(T * np.log(Y) + (1 - T) * np.log(1 - Y))


def derivatives(X, T, W, b, V, c):
    N = len(X)
    Z, Y = forward(X, W, b, V, c)
    # The output is a logistic regression on the hidden units: X^T(Y - T) with Z for X.
    d_V = Z.T @ (Y - T) / N
    d_c = np.sum(Y - T, axis=0) / N
    # A hidden unit hears of the error through its weight in V, times the slope of tanh, which is 1 - Z^2.
    d_hidden = (Y - T) @ V.T * (1 - Z**2)
    d_W = X.T @ d_hidden / N
    d_b = np.sum(d_hidden, axis=0) / N
    return d_W, d_b, d_V, d_c


def train(X, T, weights, learning_rate, epochs):
    costs = []
    for _ in range(epochs):
        costs.append(cost(T, forward(X, *weights)[1]))
        steps = derivatives(X, T, *weights)
        weights = [w - learning_rate * d for w, d in zip(weights, steps, strict=True)]
    return weights, costs


def start(seed):
    random = np.random.default_rng(seed)
    return [random.normal(size=(2, M)), np.zeros(M), random.normal(size=(M, 1)) / np.sqrt(M), np.zeros(1)]


def network(weights, learning_rate):
    model = Sequential()
    model.add(Dense(M, activation='tanh', input_dim=2, dtype='float64'))
    model.add(Dense(1, activation='sigmoid', dtype='float64'))
    model.compile(loss='binary_crossentropy', optimizer=SGD(learning_rate))
    model.set_weights(weights)
    return model


problems = {
    'xor':   (xor,   1, 0.5, 500),
    'donut': (donut, 5, 2.0, 500),    # in units of the inner radius, so that big steps can be taken
}
trained = {}
for name, (problem, unit, learning_rate, epochs) in problems.items():
    X, T = problem()
    X, T = X.astype(float) / unit, T.reshape(-1, 1)

    before = start(seed=1)
    after, costs = train(X, T, before, learning_rate, epochs)
    accuracy = np.mean((forward(X, *after)[1] > 0.5) == T)
    print(f'{name}, by hand: cost {costs[0]:.3f}, then {costs[-1]:.3f}; {accuracy:.1%} are right')

    model = network(before, learning_rate)
    history = model.fit(X, T, batch_size=len(X), epochs=epochs, verbose=0)
    losses = history.history['loss']
    print(f'{name}, network: loss {losses[0]:.3f}, then {losses[-1]:.3f}')

    plt.figure()
    plt.plot(costs)
    plt.plot(losses)
    trained[name] = {'X': X, 'T': T, 'before': before, 'after': after, 'costs': costs,
                     'accuracy': accuracy, 'model': model, 'losses': losses}
