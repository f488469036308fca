# At a spread of 3 tanh is ±1 nearly everywhere, and samples come near the corners of the cube. At a
# corner all D coordinates are alike: n_eff is D, and with S = 1 / D the formula of A₄ gives
# ((D + 2) / D − 3) / ((D − 2) / D + 1) = −1, the least there is. In a plane a corner of 16
# dimensions stands √(2 / 16) = 0.35 from the middle, so that nothing is lit at ε = 0.6, and a mean
# over nothing is undefined. At a spread of 0.05 tanh is all but a straight line, and leaves
# isotropic points isotropic.

print(f"a corner of 16 dimensions stands {np.sqrt(2 / 16):.2f} from the middle of a plane")
for spread in (3, 0.6, 0.05):
    engine = srm.ResonanceEngine(torch.tanh(isotropic_points(20) * spread / SPREAD))
    test = engine.rotation_test(rotations=99)
    print(
        f"spread {spread}: A₄ {engine.alignment():+.3f}, n_eff {engine.participation:.1f}, "
        f"A(0.6) {engine.alignment(epsilon=0.6):+.2f}, p = {test.p:.2f}"
    )
