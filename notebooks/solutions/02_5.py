# Nothing is lost: in the mean 105 % of the peaks is left. Each plane's peak rests on more than a
# hundred images, and the even and odd rows are alike, so that a search, even of half a million
# planes, had little luck to pick. That is how it should look. It would not with peaks of five
# images; and it says that the peaks are there, not that they have to do with the neurons. (Nine of
# these ten planes have direction 67 or 769: hubs.)

even, odd = (srm.ResonanceEngine(wide.activations[start::2]) for start in (0, 1))
searched = even.survey(epsilon=survey.epsilon, by="peak", top=10)
fresh = []
for (i, j), peak, angle in zip(searched.planes, searched.peak, searched.peak_angle, strict=True):
    fresh.append(len(odd.inside(i, j, angle, epsilon=survey.epsilon)) / odd.n_samples)
    print(f"plane ({i:4}, {j:4}): searched {peak:.1%}, looked up {fresh[-1]:.1%}")
print(f"in the mean {np.mean(fresh) / np.mean(searched.peak):.0%} of the peaks is left")
