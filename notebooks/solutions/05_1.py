# Nowhere in particular. Of the trained network five blocks stand out, number 1, 3, 4, 5 and 8,
# with A₄ from 0.17 to 0.43; between them are blocks with 0.00, and the last ones are below 0:
# there a sample stands on more neurons than isotropic ones would. With random weights the first
# three blocks are a little below 0, and nothing is above 0.04. But none of these numbers says
# whether a block is aligned with its *neurons*: in block 3 the turned bases alone have 0.22 to
# 0.29. A test of each would be 30 tests, so that the bar is 0.0017, and R = 599 just reach it.


def in_all_blocks(network):
    with (
        torch.inference_mode(),
        srm.capture(network, "_blocks.*._bn0", max_samples=300, seed=0) as acts,
    ):
        for batch in inputs.split(16):
            network(batch)
    return {name: srm.ResonanceEngine(some_rows) for name, some_rows in acts.items()}


of_blocks = {
    "trained": in_all_blocks(convolutional),
    "random": in_all_blocks(untrained_convolutional),
}
table = pd.DataFrame(
    {
        "neurons": {name: engine.n_dims for name, engine in of_blocks["trained"].items()},
        **{
            f"A₄, {weights}": {name: engine.alignment() for name, engine in found.items()}
            for weights, found in of_blocks.items()
        },
        **{
            f"n_eff / isotropic, {weights}": {
                name: engine.participation / ((engine.n_dims + 2) / 3)
                for name, engine in found.items()
            }
            for weights, found in of_blocks.items()
        },
    }
)
print(table.round(2))
print(f"{table.shape[0] * 2} tests, bar {0.05 / (table.shape[0] * 2):.4f}")
