# One neuron is stuck: it gives nearly the same large number for every image, so that all samples
# stand near its axis, in all of its planes, and A₄ is positive. That axis is all but the samples'
# mean, and bases turned around the mean have it too: of those the neurons are far below. Bases
# turned freely do not see the crowd where the neurons see it, and find nothing. Without that
# neuron, or centred, the sign says so itself. (With another version of torch it may be another
# seed.)

odd = srm.datasets.digits_autoencoder("tanh", width=16, seed=8).activations
k = int(np.abs(odd.mean(axis=0)).argmax())
print(f"neuron {k}: from {odd[:, k].min():+.2f} to {odd[:, k].max():+.2f} over all images")
for name, some, null in (
    ("all neurons", odd, "mean"),
    ("all neurons, turned freely", odd, "rotations"),
    (f"without neuron {k}", np.delete(odd, k, axis=1), "mean"),
    ("every neuron centred", odd - odd.mean(axis=0), "mean"),
):
    test = srm.ResonanceEngine(some).rotation_test(rotations=99, null=null)
    low, high = np.quantile(test.null, [0.025, 0.975])
    print(f"{name:28} {test.statistic:+.2f}, turned {low:+.2f} … {high:+.2f}, p = {test.p:.2f}")
