"""Three inputs, a hidden layer of two units, one output: every number of a network, worked out by hand."""
# fmt: off

import numpy as np

import pellucid as tf

hidden = tf.keras.layers.Dense(units=2, input_shape=[3])
output = tf.keras.layers.Dense(units=1)
model = tf.keras.Sequential([hidden, output])
model.compile(loss='mean_squared_error', optimizer=tf.keras.optimizers.SGD(0.125))

# One row for each input, one column for each neuron.
hidden.set_weights([np.array([[ 0.5, -1.0 ],
                              [ 1.0,  0.25],
                              [-0.5,  2.0 ]]), np.array([0.25, -0.5])])
output.set_weights([np.array([[ 2.0],
                              [-0.5]]), np.array([1.0])])

x1, x2, x3 = 1.0, 2.0, 3.0
target = 3.0

# Forward: each neuron multiplies its inputs by its weights, and adds its bias.
#      0.5        + 2          - 1.5         + 0.25
h1 = x1 *  0.5  + x2 * 1.0   + x3 * -0.5   + 0.25        #  1.25
#     -1          + 0.5        + 6           - 0.5
h2 = x1 * -1.0  + x2 * 0.25  + x3 *  2.0   - 0.5         #  5
#      2.5        - 2.5                      + 1
y  = h1 *  2.0  + h2 * -0.5                + 1.0         #  1

loss = (y - target) ** 2                                 # (1 - 3)^2 = 4

# Backward: by how much the loss grows when a number grows by a little, divided by that little.
d_y  = 2 * (y - target)                                  # -4
d_v1 = d_y * h1                                          # -4 * 1.25 = -5
d_v2 = d_y * h2                                          # -4 * 5    = -20
d_h1 = d_y * 2.0                                         # -8
d_h2 = d_y * -0.5                                        #  2
d_w  = [[d_h1 * x1, d_h2 * x1],                          #  -8  2
        [d_h1 * x2, d_h2 * x2],                          # -16  4
        [d_h1 * x3, d_h2 * x3]]                          # -24  6

# Update: each number goes against its derivative, here by an eighth of it.
hidden_after = [[ 0.5 +  8 / 8, -1.0  - 2 / 8],          #  1.5  -1.25
                [ 1.0 + 16 / 8,  0.25 - 4 / 8],          #  3    -0.25
                [-0.5 + 24 / 8,  2.0  - 6 / 8]]          #  2.5   1.25
hidden_bias_after = [0.25 + 8 / 8, -0.5 - 2 / 8]         #  1.25 -0.75
output_after = [[2.0 + 5 / 8], [-0.5 + 20 / 8]]          #  2.625  2
output_bias_after = [1.0 + 4 / 8]                        #  1.5

# What the network says.
neurons = tf.keras.Sequential([hidden]).predict([[x1, x2, x3]])
prediction = model.predict([[x1, x2, x3]])
print(f'hidden neurons: {neurons}, by hand: {h1} and {h2}')
print(f'output neuron: {prediction}, by hand: {y}')

before = model.get_weights()
history = model.fit([[x1, x2, x3]], [target], epochs=1, verbose=False)
print(f'loss: {history.history["loss"]}, by hand: {loss}')
print(f'hidden weights after one step: {hidden.get_weights()}')
print(f'output weights after one step: {output.get_weights()}')
