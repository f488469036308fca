# Paid to stand between the neurons, samples do, and the images are reconstructed as well as before.
# Paid to stand on the neurons, A₄ goes up too; but look at which: one neuron gets most of the
# images, a crowd that turned bases see nearly as well. Nobody had asked that samples stand on
# *different* neurons. A price buys the number, not what one had in mind with it; whether it also
# buys what was meant has to be measured by something that was not paid for. (Here of one seed.)

prices = {
    "no price": None,
    "+ 0.001 A₄": lambda hidden: 0.001 * srm.alignment(hidden),
    "- 0.001 A₄": lambda hidden: -0.001 * srm.alignment(hidden),
}
for name, price in prices.items():
    if price is None:
        hidden, error = steps["tanh", 20][-1], errors["tanh", 20]
    else:
        _, recorded, error = train(torch.tanh, 20, price)
        hidden = recorded[-1]
    engine = srm.ResonanceEngine(hidden)
    test = engine.rotation_test(rotations=99)
    low, high = np.quantile(test.null, [0.025, 0.975])
    nearest = hidden.abs().argmax(dim=1).bincount(minlength=16).max()
    print(
        f"{name:11} error {error:.4f}, A₄ {test.statistic:+.2f}, turned {low:+.2f} … {high:+.2f}; "
        f"n_eff {engine.participation:.1f}; {nearest:4} images nearest to one neuron"
    )
