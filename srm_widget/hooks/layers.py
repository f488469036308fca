"""Layers of a model by name or shell pattern, and whether a model is compiled."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from torch import nn

from srm_widget.utils.validation import did_you_mean

_COMPILED = "_orig_mod"
"""Name under which a compiled module holds the module that ``torch.compile`` was given."""


def named_layers(model: nn.Module) -> dict[str, nn.Module]:
    """Return all modules by name, "" the model itself, as ``named_modules`` has them.

    A compiled module's name stands for the module that was compiled, which is the one to hook. A
    module that is registered under several names is returned under each.
    """
    layers: dict[str, nn.Module] = {}
    for name, module in model.named_modules(remove_duplicate=False):
        layers[".".join(part for part in name.split(".") if part != _COMPILED)] = module
    return layers


def matching_layers(model: nn.Module, layers: str | Iterable[str]) -> dict[str, nn.Module]:
    """Return the modules that are named, or match a shell pattern, in the order of the patterns.

    A name is taken as it is; anything else is a pattern, in which ``*`` crosses dots: "layer3.*" is
    all below layer3. A module that matches twice is returned once.

    Raises
    ------
    KeyError
        If a pattern matches nothing; the message names near misses.
    TypeError
        If a pattern is no string.
    ValueError
        If there is no pattern.
    """
    patterns = [layers] if isinstance(layers, str) else list(layers)
    if not patterns:
        raise ValueError("expected at least one name or pattern of a layer, got none")
    known = named_layers(model)
    found: dict[str, nn.Module] = {}
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise TypeError(f"expected names or patterns of layers as strings, got {pattern!r}")
        if pattern in known:
            found[pattern] = known[pattern]
            continue
        names = [name for name in known if fnmatchcase(name, pattern)]
        if not names:
            raise KeyError(f"no layer matches {pattern!r}{did_you_mean(pattern, known)}")
        taken = {id(module) for module in found.values()}
        for name in names:
            if id(known[name]) not in taken:
                taken.add(id(known[name]))
                found[name] = known[name]
    return found


def is_compiled(model: nn.Module) -> bool:
    """Return whether the model or a module in it runs code that ``torch.compile`` made."""
    return any(
        any(name == _COMPILED for name, _ in module.named_children())
        or getattr(module, "_compiled_call_impl", None) is not None
        or hasattr(module.forward, "_torchdynamo_orig_callable")
        for module in model.modules()
    )
