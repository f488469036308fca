# More patches are told right: one that lies over or beside a patch that was trained on is half
# known. Of candidates there are hardly any either way. The few that pass where halves are mixed
# hold easily, for the same reason. Held-out images tell of new photographs only as far as they are
# new.

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
