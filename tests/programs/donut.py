"""A ring in a ring: radius 5 inside, radius 10 outside, and noise of 1."""
# fmt: off

import matplotlib.pyplot as plt

from pellucid.datasets import donut
from pellucid.keras.layers import Dense
from pellucid.keras.models import Sequential
from pellucid.keras.optimizers import Adam

X, T = donut(n=1000, noise=1.0)

plt.scatter(X[:, 0], X[:, 1], s=100, c=T, alpha=0.5)

line = Sequential()
line.add(Dense(1, activation='sigmoid', input_dim=2))
line.compile(loss='binary_crossentropy', optimizer=Adam(0.1), metrics=['accuracy'])
line.fit(X, T, batch_size=1000, epochs=200, verbose=0)

model = Sequential()
model.add(Dense(8, activation='tanh', input_dim=2))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer=Adam(0.1), metrics=['accuracy'])
history = model.fit(X, T, batch_size=1000, epochs=200, verbose=0)

plt.figure()
plt.plot(history.history['loss'])

print('without a hidden layer:', line.evaluate(X, T, verbose=0))
print('with a hidden layer:   ', model.evaluate(X, T, verbose=0))
