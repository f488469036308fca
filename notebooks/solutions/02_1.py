# tanh stays: A₄ from −0.18 to −0.23, p = 0.01 with every seed. isotropic tanh stays inside with
# every seed. ReLU does not: its firing neurons are outside with two of the three seeds, and inside
# with seed 1, where p = 0.59; with seed 3 only four neurons are left. A layer that has few neurons
# has few ways to be turned, and the test has little to go on.

for seed in (1, 2, 3):
    for name, function in functions.items():
        layer = srm.datasets.digits_autoencoder(function, width=16, seed=seed).activations
        layer = layer[:, np.abs(layer).max(axis=0) > 0]
        test = srm.ResonanceEngine(layer).rotation_test(rotations=100, seed=0)
        low, high = np.quantile(test.null, [0.025, 0.975])
        print(
            f"seed {seed}, {name:15} {layer.shape[1]:2} neurons: A₄ {test.statistic:+.2f}, "
            f"turned {low:+.2f} … {high:+.2f}, p = {test.p:.2f}"
        )
