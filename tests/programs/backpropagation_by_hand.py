"""Backpropagation written out in NumPy: it learns exclusive or and the donut, and agrees with the network."""
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


# The output is a logistic regression on the hidden units, so its derivatives are those of one, with Z for X.
def derivative_V(Z, T, Y):
    return Z.T @ (Y - T) / len(T)


def derivative_c(T, Y):
    return np.sum(Y - T, axis=0) / len(T)


# Each hidden unit hears from the output through its weight in V, times the slope of tanh, which is 1 - Z^2.
def derivative_W(X, Z, T, Y, V):
    return X.T @ ((Y - T) @ V.T * (1 - Z**2)) / len(T)


def derivative_b(Z, T, Y, V):
    return np.sum((Y - T) @ V.T * (1 - Z**2), axis=0) / len(T)


def start(seed):
    random = np.random.default_rng(seed)
    return [random.normal(size=(2, M)), np.zeros(M), random.normal(size=(M, 1)) / np.sqrt(M), np.zeros(1)]


def derivatives(X, T, weights):
    W, b, V, c = weights
    Z, Y = forward(X, W, b, V, c)
    return [derivative_W(X, Z, T, Y, V), derivative_b(Z, T, Y, V), derivative_V(Z, T, Y), derivative_c(T, Y)]


def train(X, T, weights, learning_rate, epochs):
    costs = []
    for epoch in range(epochs):
        costs.append(cost(T, forward(X, *weights)[1]))
        weights = [w - learning_rate * d for w, d in zip(weights, derivatives(X, T, weights))]
    return weights, costs


def network(weights, learning_rate):
    model = Sequential()
    model.add(Dense(M, activation='tanh', input_dim=2, dtype='float64'))
    model.add(Dense(1, activation='sigmoid', dtype='float64'))
    model.compile(loss='binary_crossentropy', optimizer=SGD(learning_rate))
    model.set_weights(weights)
    return model


def derivatives_of_network(X, T, weights):
    """With a learning rate of 1, the weights move by just their derivatives."""
    model = network(weights, learning_rate=1.0)
    model.fit(X, T, batch_size=len(X), epochs=1, verbose=0)
    return [before - after for before, after in zip(weights, model.get_weights())]


for name, (X, T), learning_rate, epochs in [('xor', xor(), 0.5, 500), ('donut', donut(), 0.2, 2000)]:
    X, T = X.astype(float), T[:, None]
    before = start(seed=1)
    after, costs = train(X, T, before, learning_rate, epochs)
    plt.figure()
    plt.plot(costs)
    right = np.mean((forward(X, *after)[1] > 0.5) == T)
    print(f'{name}: cost {costs[0]:.3f}, then {costs[-1]:.3f}; {right:.1%} right')
    for moment, weights in (('before', before), ('after', after)):
        pairs = zip(derivatives(X, T, weights), derivatives_of_network(X, T, weights))
        error = max(np.max(np.abs(by_hand - by_network)) for by_hand, by_network in pairs)
        print(f'{moment} training, derivatives by hand and those of the network differ by {error:.1e}')
