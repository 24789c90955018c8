"""Logistic regression on two clouds of points: the gradient X^T(Y - T), by hand and in a network."""
# fmt: off

import matplotlib.pyplot as plt
import numpy as np

from pellucid.datasets import gauss
from pellucid.keras.layers import Activation, Dense
from pellucid.keras.models import Sequential
from pellucid.keras.optimizers import SGD

N, D = 100, 2
X, T = gauss(n=N, noise=0.3)      # around (-2, -2) where T = 0, around (2, 2) where T = 1


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def cross_entropy(T, Y):
    return -np.mean(T * np.log(Y) + (1 - T) * np.log(1 - Y))


# dJ/dw = sum over the examples of dJ/dy dy/dz dz/dw
#       = sum of  -(t/y - (1 - t)/(1 - y))  *  y (1 - y)  *  x
#       = sum of  (y - t) x
#       = X^T(Y - T)
learning_rate = 0.1
w = np.zeros(D)
b = 0.0
costs = []
for _ in range(100):
    Y = sigmoid(X @ w + b)
    costs.append(cross_entropy(T, Y))
    w -= learning_rate * X.T @ (Y - T) / N
    b -= learning_rate * np.sum(Y - T) / N

model = Sequential()
model.add(Dense(1, input_dim=D, kernel_initializer='zeros'))
model.add(Activation('sigmoid'))
model.compile(loss='binary_crossentropy', optimizer=SGD(learning_rate), metrics=['accuracy'])
history = model.fit(X, T, batch_size=N, epochs=100, verbose=0)

plt.plot(costs)
plt.plot(history.history['loss'])

kernel, bias = model.get_weights()
loss, accuracy = model.evaluate(X, T, verbose=0)
print('by hand:', w, b)
print('network:', kernel[:, 0], bias)
print('accuracy:', accuracy)
