"""Softmax regression on three clouds of points: the gradient X^T(Y - T), by hand and in a network."""
# fmt: off

import matplotlib.pyplot as plt
import numpy as np

from pellucid.keras.layers import Activation, Dense
from pellucid.keras.models import Sequential
from pellucid.keras.optimizers import SGD
from pellucid.keras.utils import to_categorical

N, D, K = 300, 2, 3
random = np.random.default_rng(1)
labels = np.repeat([0, 1, 2], N // K)
centres = np.array([[0, -2], [2, 2], [-2, 2]])
X = centres[labels] + random.normal(size=(N, D))
T = to_categorical(labels, K)     # a row of 0 with a single 1 for each example


def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy(T, Y):
    return -np.mean(np.sum(T * np.log(Y), axis=1))


# With y = softmax(z), dy_j/dz_k = y_j (1 - y_k) if j is k, and -y_j y_k if not. So
# dJ/dz_k = -sum over j of  t_j / y_j dy_j/dz_k  =  -t_k + y_k (sum over j of t_j)  =  y_k - t_k,
# and dJ/dW = X^T(Y - T), as if there were no softmax at all.
learning_rate = 0.1
W = np.zeros((D, K))
b = np.zeros(K)
costs = []
for _ in range(100):
    Y = softmax(X @ W + b)
    costs.append(cross_entropy(T, Y))
    W -= learning_rate * X.T @ (Y - T) / N
    b -= learning_rate * np.sum(Y - T, axis=0) / N

model = Sequential()
model.add(Dense(K, input_dim=D, kernel_initializer='zeros'))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer=SGD(learning_rate), metrics=['accuracy'])
history = model.fit(X, T, batch_size=N, epochs=100, verbose=0)

plt.plot(costs)
plt.plot(history.history['loss'])

kernel, bias = model.get_weights()
loss, accuracy = model.evaluate(X, T, verbose=0)
print('by hand:', W, b)
print('network:', kernel, bias)
print('accuracy:', accuracy)
