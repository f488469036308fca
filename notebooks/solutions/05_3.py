# In the trained network mostly: b223, b338 and b63 are among the largest from the second layer to
# the fourth, and b223 grows to 11.8 times the median dimension; behind the last layer it is gone,
# and no dimension is more than 2.3 times the median. With random weights other dimensions lead, and
# none is larger than 2.6 times the median. So the large ones come from training, and the network
# gets rid of them before its output.

for weights, network in {"trained": transformer, "random": untrained_transformer}.items():
    with (
        torch.inference_mode(),
        srm.capture(
            network, "encoder.layer.?", mask="attention_mask", max_samples=600
        ) as acts_of_six,
    ):
        for batch in batches:
            network(**batch)
    for name, some_rows in acts_of_six.items():
        size = some_rows.abs().mean(dim=0)
        largest = size.topk(4)
        told = [f"b{k} {v / size.median():.1f} ×" for v, k in zip(*largest, strict=True)]
        print(f"{weights:10}{name}: {', '.join(told)}")
