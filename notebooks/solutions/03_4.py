# Mostly fives are in their light besides: in that of the 0 and in that of the 3. In the strip of
# b27 the fives among the training images are marked: like the zeros they have a dark stroke on the
# left and a dark top. That is seen in four images of one training, not counted.

for row in found[~held].itertuples():
    other = (row.direction + 1) % held_out.n_directions
    rows = held_out.inside(row.direction, other, 0 if row.sign > 0 else np.pi, epsilon=EPSILON)
    values, counts = np.unique(labels[unseen][rows], return_counts=True)
    there = ", ".join(f"{n} × {value}" for value, n in zip(values, counts, strict=True))
    print(f"b{row.direction} “{row.label}”, held-out images: {there or 'none'}")
