# All of it, and more: tanh of normals that never saw a network has A₄ = −0.48, the network −0.17.
# But how much tanh bends depends on how large its inputs are: −0.10 for small ones, where it is
# nearly a line, −0.80 for large ones. So the function alone can give any of these, and what
# remains of a network's A₄ can only be told against tanh of inputs as large as its own.

points = np.random.default_rng(0).standard_normal((1797, 16))
for scale in (0.3, 1.0, 3.0):
    untrained = srm.ResonanceEngine(np.tanh(scale * points))
    test = untrained.rotation_test(rotations=200, seed=0)
    print(f"tanh of {scale} × normals: A₄ {test.statistic:+.2f}, p = {test.p:.3f}")
print(f"the network: A₄ {engines['tanh'].alignment():+.2f}")
