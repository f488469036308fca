# The count. Of the few directions of turned bases that catch ten images, hardly any is of a purity
# between 0.7 and 0.9; what they lack is images. Asking for fifty takes two thirds of them away.
# The neurons lose some too, those that stand for one way of writing a digit; and a lower purity
# lets five more of them through, which are no better than 0.7 for it.


def passing_at(engine, count, purity):
    table = engine.directions(epsilon=EPSILON, labels=labels[seen])
    return int(((table.count >= count) & (table.purity >= purity)).sum())


for count, purity in ((10, 0.9), (10, 0.7), (50, 0.9), (50, 0.7)):
    null = [passing_at(each, count, purity) for each in turned["sparse ReLU"]]
    neurons = passing_at(engines["sparse ReLU"], count, purity)
    told = f"neurons {neurons:2}, turned {np.mean(null):.2f} in the mean"
    print(f"count {count}, purity {purity}: {told}")
