"""What alignment, of the layer and of all planes, and kurtosis cost: ``make bench``."""

from __future__ import annotations

import torch

import srm_widget as srm
from tests.bench.bench_engine import Row, heading, medians, ms, show

N, D = 50_000, 4_096
REPEATS = 5
PRODUCTS = 2


def rows(activations: torch.Tensor) -> list[Row]:
    flat = activations.view(-1)
    trained = activations[: N // 8].clone().requires_grad_()

    def gradient(_turn: int) -> object:
        return torch.autograd.grad(srm.alignment(trained), trained)

    def plain_gradient(_turn: int) -> object:
        return torch.autograd.grad(trained.square().sum(), trained)

    alignment, kurtosis, with_gradient, plain, read = medians(
        REPEATS,
        lambda _turn: srm.alignment(activations),
        lambda _turn: srm.kurtosis(activations),
        gradient,
        plain_gradient,
        lambda _turn: torch.dot(flat, flat),
    )
    return [
        ("`alignment`, over `torch.dot(x, x)`", *_over(alignment, read)),
        ("`kurtosis`, over the same", *_over(kurtosis, read)),
        (
            "`alignment` of N / 8 rows and its gradient, over those of `x.square().sum()`",
            *_over(with_gradient, plain),
        ),
    ]


def matrix_row(activations: torch.Tensor) -> Row:
    engine = srm.ResonanceEngine(activations)
    planes, product = medians(
        PRODUCTS,
        lambda _turn: engine.alignment_matrix(),
        lambda _turn: activations.T @ activations,
    )
    seconds = f"{planes:.1f} s / {product:.1f} s"
    return "`engine.alignment_matrix`, over `x.T @ x`", seconds, f"{planes / product:.2f} ×"


def _over(spent: float, read: float) -> tuple[str, str]:
    return f"{ms(spent)} / {ms(read)}", f"{spent / read:.1f} ×"


def main() -> None:
    activations = torch.randn(N, D, generator=torch.Generator().manual_seed(0))
    print(heading(f"Alignment without ε, N = {N:,}, D = {D:,}"))
    show(rows(activations))
    show([matrix_row(activations)])


if __name__ == "__main__":
    main()
