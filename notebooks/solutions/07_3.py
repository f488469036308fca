# More patches are told right: a patch that overlaps with one it was trained on, or lies beside one,
# is half known. The candidates hold more easily too. A held-out set tells about new photographs
# only as far as it is new itself.

mixed = cut._replace(held_out=np.random.default_rng(0).permutation(cut.held_out))
for name in ("ReLU", "sparse ReLU"):
    function, price = colour.NETWORKS[name]
    trained = colour.classifier(mixed, function, SEED, price)
    found = colour.candidates(mixed, trained.activations, ROTATIONS)
    print(
        f"{name:12} halves apart {classifiers[name].right:.0%} right, mixed {trained.right:.0%}; "
        f"{looked[name].held.sum()} of {looked[name].found.sum()} candidates hold apart, "
        f"{found.held.sum()} of {found.found.sum()} mixed"
    )
