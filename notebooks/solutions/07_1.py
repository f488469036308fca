# Of 20 a few, of 24 half a dozen or so, of 32 all: 32 charges in 16 dimensions settle at the ends
# of 16 perpendicular axes, the cross-polytope. Of 48 none need be. tanh is odd, so b and -b give
# the same twice: with 32 directions the function is tanh in a turned basis, along 16 axes. ReLU
# looks at one side alone, and to it they are two directions.


def opposite_pairs(m):
    rows = functions.thomson(m, 16, SEED).directions
    return int((torch.triu(rows @ rows.T, 1) < -1 + 1e-6).sum())


pairs = {m: opposite_pairs(m) for m in (17, 20, 24, 32, 48, 64)}
print(pairs)

rows = functions.thomson(32, 16, SEED).directions
axes_only = rows[[bool((rows[:k] @ rows[k] > -1 + 1e-6).all()) for k in range(len(rows))]]
x = torch.randn(5, 16, dtype=torch.float64)
same = torch.allclose(functions.along(rows)(x), functions.along(axes_only)(x), atol=1e-5)
print(f"{len(axes_only)} axes alone give the same function: {same}")
assert pairs[32] == 16
assert same
