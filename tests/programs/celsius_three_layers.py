"""From Celsius to Fahrenheit with more neurons than the problem needs: layers of 4, 4 and 1 units."""
# fmt: off

import matplotlib.pyplot as plt
import numpy as np

import pellucid as tf

tf.logging.set_verbosity(tf.logging.ERROR)

celsius_q    = np.array([-40, -10,  0,  8, 15, 22,  38],  dtype=float)
fahrenheit_a = np.array([-40,  14, 32, 46, 59, 72, 100],  dtype=float)

l0 = tf.keras.layers.Dense(units=4, input_shape=[1])
l1 = tf.keras.layers.Dense(units=4)
l2 = tf.keras.layers.Dense(units=1)
model = tf.keras.Sequential([l0, l1, l2])
model.compile(loss='mean_squared_error', optimizer=tf.keras.optimizers.Adam(0.1))

history = model.fit(celsius_q, fahrenheit_a, epochs=500, verbose=False)
print('Finished training the model')

plt.xlabel('Epoch')
plt.ylabel('Loss')
plt.plot(history.history['loss'])

prediction = model.predict([100.0])
print(f'The model predicts that 100 degrees Celsius is: {prediction} degrees Fahrenheit')
print(f'These are the l0 variables: {l0.get_weights()}')
print(f'These are the l1 variables: {l1.get_weights()}')
print(f'These are the l2 variables: {l2.get_weights()}')
