# In the plane of neurons 0 and 1 samples stand ON the neurons: between the turned directions is on
# those that are not turned. The planes of two other neurons are as in any tanh network. A plane of
# neuron 0 or 1 and one of the others has one direction of the function and one halfway between two:
# it is less negative, between the two kinds.

rows = np.eye(16)
rows[:2, :2] = np.array([[1, 1], [-1, 1]]) / np.sqrt(2)
two_turned = srm.basis.of(rows)


def function(x):
    return tanh_along(lambda _: two_turned)(x) if x.shape[-1] == 16 else torch.tanh(x)


_, recorded, _ = train(function, 20)
found = srm.spotlight_resonance(recorded[-1], epsilon=0.45)
of_these = np.isin(found.planes, (0, 1)).sum(axis=1)
for n, name in ((2, "neurons 0 and 1"), (1, "one of them"), (0, "none of them")):
    alignment, lit = found.alignment[of_these == n], found.n_lit[of_these == n]
    print(
        f"planes of {name:15} {len(alignment):3}: median {np.median(alignment):+.2f}, "
        f"{np.median(lit):.0f} images lit"
    )
srm.SRMScope(recorded[-1], epsilon=0.45, labels=labels, title="Neurons 0 and 1 turned by 45°")
