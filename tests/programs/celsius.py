"""From Celsius to Fahrenheit: seven examples, one neuron, and no formula."""
# fmt: off

import matplotlib.pyplot as plt
import numpy as np

import pellucid as tf

tf.logging.set_verbosity(tf.logging.ERROR)

celsius_q    = np.array([-40, -10,  0,  8, 15, 22,  38],  dtype=float)
fahrenheit_a = np.array([-40,  14, 32, 46, 59, 72, 100],  dtype=float)

for celsius, fahrenheit in zip(celsius_q, fahrenheit_a, strict=True):
    print(f'{celsius} degrees Celsius = {fahrenheit} degrees Fahrenheit')

l0 = tf.keras.layers.Dense(units=1, input_shape=[1])
model = tf.keras.Sequential([l0])
model.compile(loss='mean_squared_error', optimizer=tf.keras.optimizers.Adam(0.1))

history = model.fit(celsius_q, fahrenheit_a, epochs=500, verbose=False)
print('Finished training the model')

plt.xlabel('Epoch')
plt.ylabel('Loss')
plt.plot(history.history['loss'])

prediction = model.predict([100.0])
print(f'100 degrees Celsius = {prediction} degrees Fahrenheit; the formula says {100 * 1.8 + 32}')
print(f'These are the layer variables: {l0.get_weights()}')
