# Both have their light in the first quarter, between +bᵢ and +bⱼ: sigmoid has no negative
# activations at all, and gelu hardly any. gelu behaves much like ReLU with a little room below 0.
# The mean alone does not say whether it is these neurons: that is the rotation test's question.

for name in ("gelu", "sigmoid"):
    layer = srm.datasets.digits_autoencoder(name, width=16, seed=0).activations
    survey = srm.ResonanceEngine(layer).survey(epsilon="auto")
    plt.plot(np.degrees(survey.angles), survey.mean, label=name)
    degrees = np.degrees(survey.angles[survey.mean.argmax()])
    print(
        f"{name:8} activations from {layer.min():+.2f} to {layer.max():+.2f}; mean of f is highest "
        f"at {degrees:.0f}°, A₄ {survey.fourth_moment_alignment:+.2f}"
    )
plt.xticks(range(0, 361, 45))
plt.xlabel("θ in degrees")
plt.legend()
plt.show()
