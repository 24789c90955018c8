"""Exclusive or: what one neuron cannot learn, and a hidden layer can."""
# fmt: off

import matplotlib.pyplot as plt

from pellucid.datasets import xor
from pellucid.keras.layers import Activation, Dense
from pellucid.keras.models import Sequential
from pellucid.keras.optimizers import SGD

X, T = xor()                      # (0, 0) and (1, 1) are 0; (0, 1) and (1, 0) are 1

# No line has the points of the one class on its one side and those of the other on its other side.
line = Sequential()
line.add(Dense(1, input_dim=2))
line.add(Activation('sigmoid'))
line.compile(loss='binary_crossentropy', optimizer=SGD(0.5), metrics=['accuracy'])
line.fit(X, T, epochs=300, verbose=0)

model = Sequential()
model.add(Dense(8, input_dim=2))
model.add(Activation('tanh'))
model.add(Dense(1))
model.add(Activation('sigmoid'))
model.compile(loss='binary_crossentropy', optimizer=SGD(0.5), metrics=['accuracy'])
history = model.fit(X, T, epochs=300, verbose=0)

plt.plot(history.history['loss'])

prediction = model.predict(X)
print('without a hidden layer:', line.evaluate(X, T, verbose=0))
print('with a hidden layer:   ', model.evaluate(X, T, verbose=0))
print(prediction)
