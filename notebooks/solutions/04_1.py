# A₄ leaves the band for good in the second half of the turn, after t = 0.5 to 0.7 in these four,
# and in the first half it hardly moves. cos 4ψ is the reason: in a plane that is turned by φ it
# becomes cos 4(ψ − φ), so that half of 45° are enough to make nothing of it. A random rotation of
# 16 dimensions turns most of its planes by far more: A₄ is there only where little is left to turn.

for seed in SEEDS:
    steps_of_turn = srm.Timeline.turning(steps["turned tanh", seed][-1], q(seed), 21)
    a4, band = steps_of_turn.ensemble(), steps_of_turn.null_band(rotations=50)
    inside = np.flatnonzero((a4 >= band.low) & (a4 <= band.high))
    print(
        f"seed {seed}: outside for good after {steps_of_turn.labels[inside[-1]]}; "
        f"A₄ {a4[0]:+.2f} at the neurons, {a4[10]:+.2f} halfway, {a4[-1]:+.2f} in Q"
    )
