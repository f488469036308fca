# It is dead: it gives the same for every image, the mean image, and no gradient comes through to
# change that. With the first weights hardly any vector is longer than 1 where the function is
# applied in the bottleneck, so that all become 0. One pass before training tells.


def threshold_1(x):
    return functions.isotropic_relu(x, threshold=1.0)


dead = srm.datasets.digits_autoencoder(threshold_1, seed=SEED)
pixels = torch.from_numpy(dead.images.reshape(-1, 64))
of_mean = ((pixels - pixels.mean(dim=0)) ** 2).mean()
print(f"error {dead.losses[-1]:.4f}, that of the mean image {of_mean:.4f}")
print(f"images with any activation: {int(np.any(dead.activations, axis=1).sum())}")

torch.manual_seed(SEED)
fresh = srm.datasets.Autoencoder(64, 64, 16, threshold_1)
with torch.no_grad():
    reaching = fresh.bottleneck(threshold_1(fresh.hidden(pixels))).norm(dim=1)
print(f"longest vector that reaches the bottleneck's function: {reaching.max():.2f}")
