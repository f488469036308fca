# They do: A(ε) in the directions of the function is below what turned bases have, though they are
# more than there are dimensions. Another Thomson basis, as evenly spread, shows nothing like it. No
# network stores these 20 numbers: it has 16 neurons, and the directions are in the function alone.


def thomson(seed):
    return srm.basis.thomson(20, 16, seed)


function_directions = thomson(20)


def thomson_tanh(x):
    return tanh_along(lambda _: function_directions)(x) if x.shape[-1] == 16 else torch.tanh(x)


_, recorded, _ = train(thomson_tanh, 20)
for name, basis in {"the function's": function_directions, "another": thomson(120)}.items():
    engine = srm.ResonanceEngine(recorded[-1][::2], basis)
    test = engine.rotation_test(epsilon="auto", rotations=49)
    low, high = np.quantile(test.null, [0.025, 0.975])
    print(
        f"{name:15} A({test.epsilon:g}) {test.statistic:+.2f}, turned {low:+.2f} … {high:+.2f}, "
        f"p = {test.p:.2f}"
    )
