# At 0.25 they have a handful of pairs, whose scores are no better than those of shuffled columns.
# At the ε that they choose for themselves a huge number of pairs have tokens between them, and
# their best scores are far above what shuffled columns reached, though these directions mean
# nothing. All their beams hold is *the*: tokens of one frequent word lie close together, so that
# any two directions that see them
# have to do with each other, and a wide cone lets them see. So a score depends on ε, compares
# pairs at one ε only, and is no meaning.

angles = (turned @ turned.T).numpy()
few = srm.ResonanceEngine(found["stream"][::8][:, kept], turned, center=dictionary.mean)
for every, turned_engine, epsilon in ((1, control, 0.25), (8, few, few.auto_epsilon())):
    pairs = turned_engine.coactive(epsilon=epsilon, top=3, per_direction=4)
    print(f"ε {epsilon}: {pairs.n_found:,} pairs; best scores {pairs.score.round(1)}")
    for i, j in pairs.planes:
        halves = np.arccos(angles[i, j]) / 2 + np.pi / 2 * np.arange(4)  # between ±i and ±j
        beams = [turned_engine.inside(i, j, theta, epsilon=epsilon) for theta in halves]
        inside = max(beams, key=len)
        words = Counter(found["words"][::every][inside]).most_common(4)
        print(f"    {i} ∧ {j}: {len(inside)} tokens ", *words)
