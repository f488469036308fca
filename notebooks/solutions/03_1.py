# Fewer neurons do more of the work, and more of these stand for one digit: at 0.001 two pass, at
# 0.01 eight. At 0.03 all seven that pass do so again, and the network is no worse. At 0.1 the
# layer is silent, and nothing is told apart any more. No price here gives every digit exactly one:
# six digits at most have exactly one candidate. All this is one training a price.

print("price   right   pass  again  silent  digits with exactly one candidate")
for price in (0.001, 0.003, 0.01, 0.03, 0.1):
    layer, right = train(nn.ReLU, price)
    first, second = (
        srm.ResonanceEngine(layer[rows]).directions(epsilon=EPSILON, labels=labels[rows])
        for rows in (seen, unseen)
    )
    passed = (first.count >= COUNT) & (first.purity >= PURITY)
    again_too = passed & (second.purity >= PURITY) & (first.code == second.code)
    silent = (layer[seen].max(axis=0) <= 0).sum()
    _, each = np.unique(first.code[passed], return_counts=True)
    counted = f"{passed.sum():6} {again_too.sum():6} {silent:7} {(each == 1).sum():7}"
    print(f"{price:<6} {right:6.1%} {counted}")
