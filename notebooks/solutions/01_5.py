# In the plane of a neuron that fires and one that never does, every sample stands *on* the axis of
# the first: perfectly aligned, and it says nothing. Silent neurons push A₄ up, the more of them
# the further. Report the neurons that fire, and how many are silent. In the first three seeds the
# firing neurons alone are far below 0, and with the silent ones A₄ is above it. In the fourth only
# four fire, too few to say much: one training is one network.

for seed in range(4):
    activations = srm.datasets.digits_autoencoder("relu", width=16, seed=seed).activations
    alive = np.flatnonzero(activations.max(axis=0) > 0)
    print(
        f"seed {seed}: {16 - len(alive)} silent, A₄ {srm.alignment(activations):+.2f}, "
        f"of the others {srm.alignment(activations[:, alive]):+.2f}"
    )
