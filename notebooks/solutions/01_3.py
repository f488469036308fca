# A lobe survives if there is none like it opposite: f(θ) − f(θ + 180°) takes away what both have.
# A tanh network may fire two neurons together or silence both together, and has room for both;
# here the highest lobes hardly have an opposite. In a ReLU network, which knows no negative
# activations, *Signed* would leave every lobe on the positive side as it is.

opposite = np.roll(resonance.counts, 180, axis=1)
highest = resonance.counts.argmax(axis=1)[:, None]
there = np.take_along_axis(resonance.counts, highest, axis=1)[:, 0]
across = np.take_along_axis(opposite, highest, axis=1)[:, 0]
print(
    f"an opposite of half the height or more: {(across >= there / 2).sum()} of {len(there)} planes"
)
print(f"the highest peak of all: {there[plane]} lit, {across[plane]} opposite")
assert (resonance.signed_counts == resonance.counts - opposite).all()
