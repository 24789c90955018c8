"""Six points of the line Y = 2X - 1, and what a single neuron makes of them."""
# fmt: off

from pellucid import keras

model = keras.Sequential([keras.layers.Dense(units=1, input_shape=[1])])
model.compile(optimizer='sgd', loss='mean_squared_error', metrics=['accuracy'])

xs = [-1, 0, 1, 2, 3, 4]
ys = [-3, -1, 1, 3, 5, 7]

history = model.fit(xs, ys, epochs=500, verbose=0)

prediction = model.predict([10.0])
print(prediction)
