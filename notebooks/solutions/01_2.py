# The narrow beam has hardly anything left: few samples stand that far out. The wide one has more
# of everything; its lobes melt into one another, and the ring grows as well. A sample is lit over
# arccos(ε / r) to either side of where it stands: at ε = 0.3 that is 60° for r = 0.6, more than
# the 45° between an axis and the next bisector, so that one sample is counted on both. At ε = 0
# every sample is lit over a half turn, and at ε < 0 those near the middle are lit everywhere.

for eps in (0.7, scope.epsilon, 0.3):
    every = srm.spotlight_resonance(trained.activations, epsilon=eps)
    counts = every.counts[plane]
    wide = (counts > counts.max() / 2).sum()
    arc = f"±{np.degrees(np.arccos(eps / 0.6)):.0f}°" if eps <= 0.6 else "none"
    print(
        f"ε = {eps:.2f}: peak {counts.max():3}, ring {every.isotropic * len(trained.labels):3.0f}; "
        f"{wide} of 360 angles above half of the peak; r = 0.6: {arc}"
    )
