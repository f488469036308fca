# Of 17 and 20 none, of 24 a few, of 32 all: 32 charges in 16 dimensions settle at the ends of 16
# perpendicular axes, the cross-polytope. Of 48 and 64 none. tanh is odd, so b and -b give
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
difference = (functions.along(rows)(x) - functions.along(axes_only)(x)).abs().max().item()
print(f"{len(axes_only)} axes alone give the same function, but for {difference:.4f}")
assert pairs[32] == 16
assert difference < 0.01
