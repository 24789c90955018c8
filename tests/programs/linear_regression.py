"""Linear regression, three times: solved at once, by gradient descent, and by a network of one neuron."""
# fmt: off

import matplotlib.pyplot as plt
import numpy as np

from pellucid.keras.layers import Dense
from pellucid.keras.models import Sequential
from pellucid.keras.optimizers import SGD

N, D = 100, 3
random = np.random.default_rng(1)
X = random.normal(size=(N, D))
T = X @ np.array([1.0, 0.5, -2.0]) + 3.0 + 0.1 * random.normal(size=N)

# The squared error sum((Y - T)^2), with Y = X w, is smallest where its derivative X^T(Y - T) is 0:
# X^T X w = X^T T. A column of ones makes the bias one of the weights.
ones = np.ones((N, 1))
Xb = np.hstack([X, ones])
w_solved = np.linalg.solve(Xb.T @ Xb, Xb.T @ T)

# The same by walking downhill.
learning_rate = 0.1
w = np.zeros(D + 1)
costs = []
for _ in range(200):
    Y = Xb @ w
    costs.append(np.mean((Y - T)**2))
    w -= learning_rate * 2 * Xb.T @ (Y - T) / N

# The same with Keras: one neuron without an activation.
model = Sequential()
model.add(Dense(1, input_dim=D, kernel_initializer='zeros'))
model.compile(loss='mse', optimizer=SGD(learning_rate), metrics=['mae'])
history = model.fit(X, T, batch_size=N, epochs=200, verbose=0)

plt.plot(costs)
plt.plot(history.history['loss'])

kernel, bias = model.get_weights()
print('solved: ', w_solved)
print('descent:', w)
print('network:', kernel[:, 0], bias)
