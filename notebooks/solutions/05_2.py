# It is the other way round. The bias of b17 is -7.5, and without it b17 fires at 228 of 600
# positions. Yet A₄ does not fall: 0.43 becomes 0.47, while the turned bases fall from 0.22 … 0.29
# to 0.02 … 0.12. Biases move all samples together, which turned bases see as well as the neurons
# do; what tells the neurons apart is in what varies. What the bias does make is the light along
# -b17: 82 positions stood there, and without it 7 do. And yes: it is a thirteenth test, made after
# a look at the others.

bias = convolutional.get_submodule("_blocks.3._bn0").bias.detach()
without_bias = rows["EfficientNet", "trained", "before ReLU6"] - bias
n_firing = int((without_bias[:, 17] > 0).sum())
print(f"the bias of b17: {bias[17]:.1f}; without it b17 fires at {n_firing} of {SAMPLES}")
unbiased = srm.ResonanceEngine(without_bias)
along = unbiased.directions(epsilon=scope.epsilon).to_dataframe()
print(along[along["direction"] == 17])
tested({("EfficientNet", "trained", "without its bias"): unbiased}, 239)
