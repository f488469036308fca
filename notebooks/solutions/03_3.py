# A few do. Without a price no neuron passes; with 0.0003 two pass and do so again, which turned
# bases never did; with 0.001 three pass, but only one does so again. With 0.003 nearly all neurons
# are silent. So unlabelled digits have their neurons here and there, in one training of one
# network; the labels, in the notebook, brought far more. (Rows that silence all neurons have no
# direction, and are in no cone.)


def autoencoder(price, steps=400):
    torch.manual_seed(0)
    layer = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
    unfold = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 64))
    optimizer = torch.optim.Adam([*layer.parameters(), *unfold.parameters()], lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        bottleneck = layer(inputs[seen])
        error = (unfold(bottleneck) - inputs[seen]).square().mean()
        (error + price * bottleneck.abs().sum(dim=1).mean()).backward()
        optimizer.step()
    with torch.no_grad():
        return layer(inputs).numpy(), error.item()


for price in (0.0, 0.0003, 0.001, 0.003):
    bottleneck, error = autoencoder(price)
    if not bottleneck[seen].any():
        print(f"price {price}: error {error:.3f}, all silent")
        continue
    neurons = srm.ResonanceEngine(bottleneck[seen])
    passed = passing(neurons, labels[seen])
    fresh = srm.ResonanceEngine(bottleneck[unseen])
    fresh = fresh.directions(epsilon=EPSILON, labels=labels[unseen])
    codes = neurons.directions(epsilon=EPSILON, labels=labels[seen]).code
    again_too = passed & (fresh.purity >= PURITY) & (fresh.code == codes)
    null = [
        passing(srm.ResonanceEngine(bottleneck[seen], basis), labels[seen]).sum()
        for basis in bases[:20]
    ]
    print(
        f"price {price}: error {error:.3f}, {(bottleneck[seen].max(axis=0) <= 0).sum()} silent, "
        f"{passed.sum()} pass, {again_too.sum()} again, turned {np.mean(null):.2f} on average"
    )
