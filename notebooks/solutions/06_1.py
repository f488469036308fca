# At the ε of the notebook there is no border to be seen: wherever the beam stands, all that is in
# it fits the rule; only how many are in it changes, and beside feature 642 it is empty. The cone
# of 0.4 shows what is around. At feature 182 two thirds fit, and what comes in first are *times*
# and *occasions*; in the middle three quarters do; towards 642 less than half, and *also*, *now*
# and *suddenly* come in. So words change gradually, and the pure middle is what a narrow cone
# makes of it.

between = np.arccos(cosines[182, 642])
for epsilon in (EPSILON, 0.4):
    print(f"ε = {epsilon}")
    for theta in np.linspace(0, between, 6):
        inside = engine.inside(182, 642, theta, epsilon=epsilon)
        fits = np.isin(found["words"][inside], list(RULES[182, 642]))
        share = f"{fits.mean():4.0%}" if len(fits) else "none"
        print(
            f"{np.degrees(theta):3.0f}° {len(fits):3} tokens, {share} fit: {commonest(inside, 6)}"
        )
