"""``python -m notebooks.dictionary.train``: make the dictionary of notebook 06 from its text."""

import argparse
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import normalize
from tqdm import tqdm

import srm_widget as srm
from notebooks.dictionary.reading import language_model, pieces
from notebooks.dictionary.topk import DICTIONARY, Dictionary

LAYER = 7
FEATURES = 1024
EPOCHS = 6
BATCH = 1024
RATE = 2e-3
DECAYS = 0.3
"""Share of the steps in which the learning rate falls to 0."""
LARGE = 5.0
"""Dimensions whose spread is more than so many times the median dimension's are left out."""


def main() -> None:
    """Read, train and write."""
    parser = argparse.ArgumentParser(description="Train the dictionary of notebook 06.")
    parser.add_argument("target", type=Path, nargs="?", default=DICTIONARY)
    target = parser.parse_args().target
    model, tokenizer = language_model(LAYER + 1)
    input_ids, _ = pieces(tokenizer, held_out=False)
    trained(residual_stream(model, input_ids)).save(target)


def residual_stream(model: torch.nn.Module, input_ids: Tensor) -> Tensor:
    """(N, D), what leaves the layer, for all tokens but the first of a piece.

    The first token has nothing before it, and activations many times as large as all others.
    """
    name = f"layers.{LAYER}"
    with torch.inference_mode(), srm.capture(model, name, max_samples=None) as acts:
        for batch in tqdm(torch.split(input_ids, 16)):
            model(batch, use_cache=False)
    return acts[name][torch.from_numpy(acts.origins(name)[:, 1] > 0)]


def trained(rows: Tensor, n_features: int = FEATURES, epochs: int = EPOCHS) -> Dictionary:
    """Train a dictionary.

    Parameters
    ----------
    rows
        (N, D) activations.
    n_features
        M.
    epochs
        How often all of them are gone through.

    Returns
    -------
    dictionary
        Of the dimensions that it `kept`. The same from the same activations.
    """
    generator = torch.Generator().manual_seed(0)
    spread = rows.std(dim=0)
    kept = (spread <= LARGE * spread.median()).nonzero().flatten()
    rows = rows[:, kept]
    dictionary = Dictionary(len(kept), n_features)
    dictionary.kept.copy_(kept)
    dictionary.mean.copy_(rows.mean(dim=0))
    dictionary.scale.copy_((rows - dictionary.mean).norm(dim=1).mean())
    with torch.no_grad():
        directions = normalize(torch.randn(n_features, len(kept), generator=generator), dim=1)
        dictionary.encoder.weight.copy_(directions)
        dictionary.encoder.bias.zero_()
        dictionary.decoder.weight.copy_(directions.T)
    _descend(dictionary, rows, epochs, generator)
    return dictionary.requires_grad_(False)


def _descend(dictionary: Dictionary, rows: Tensor, epochs: int, generator: torch.Generator) -> None:
    optimizer = torch.optim.Adam(dictionary.parameters(), lr=RATE, betas=(0.9, 0.99))
    n_batches = -(-len(rows) // BATCH)
    n_steps = epochs * n_batches
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (n_steps - step) / (DECAYS * n_steps))
    )
    weight = dictionary.decoder.weight
    for epoch in range(epochs):
        order = torch.randperm(len(rows), generator=generator)
        progress = tqdm(order.chunk(n_batches), desc=f"epoch {epoch}")
        for some in progress:
            x = dictionary.scaled(rows[some])
            error = (x - dictionary(x)).square().sum(dim=1).mean()
            optimizer.zero_grad()
            error.backward()
            optimizer.step()
            schedule.step()
            with torch.no_grad():
                weight.copy_(normalize(weight, dim=0))
            progress.set_postfix(unexplained=(error / x.square().sum(dim=1).mean()).item())


if __name__ == "__main__":
    main()
