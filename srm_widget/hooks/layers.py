"""Layers of a model by name, shell pattern or module, and whether a model is compiled."""

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, SupportsIndex

from torch import nn

from srm_widget.utils.text import brief
from srm_widget.utils.validation import did_you_mean

Layers = str | nn.Module | Iterable[str | nn.Module]
"""Names as in ``named_modules``, shell patterns, modules themselves, or several of them."""

INPUT = ":in"
"""End of a name that stands for what goes into a layer."""

_COMPILED = "_orig_mod"
"""Name under which a compiled module holds the module that ``torch.compile`` was given."""


@dataclass(frozen=True)
class Site:
    """Place in a model that samples are taken from: what a layer gives, or what goes into it.

    Attributes
    ----------
    module
        The layer.
    takes_input
        Whether samples are of what goes into the layer.
    by_pattern
        Whether a pattern met the layer, and nobody named it.
    """

    module: nn.Module
    takes_input: bool
    by_pattern: bool


def named_layers(model: nn.Module) -> dict[str, nn.Module]:
    """Return all modules by name, "" the model itself, as ``named_modules`` has them.

    A compiled module's name stands for the module that was compiled, which is the one to hook. A
    module that is registered under several names is returned under each.
    """
    layers: dict[str, nn.Module] = {}
    for name, module in model.named_modules(remove_duplicate=False):
        layers[".".join(part for part in name.split(".") if part != _COMPILED)] = module
    return layers


def matching_sites(
    model: nn.Module, layers: Layers, exclude: Layers | None = None
) -> dict[str, Site]:
    """Return where samples are taken from, by name, in the order of the names and patterns.

    A name is taken as it is; anything else is a pattern, in which ``*`` crosses dots: "layer3.*" is
    all below layer3. Either with ":in" at its end stands for what goes into the layers. A module
    stands for its first name, a ``ModuleList`` for the modules in it. A module that patterns match
    twice is returned once, and none that `exclude` names under whatever name.

    Raises
    ------
    KeyError
        If a name or pattern matches nothing; the message names near misses.
    TypeError
        If something is neither string nor module, or the model no ``torch.nn.Module``.
    ValueError
        If there is no name or pattern, a module is not of the model, or all is excluded.
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"expected a model as a torch.nn.Module, got {_model_text(model)}")
    known = named_layers(model)
    wanted = _listed(layers)
    if not wanted:
        raise ValueError("expected at least one name or pattern of a layer, got none")
    excluded: set[tuple[int, bool]] = set()
    for each in _listed(() if exclude is None else exclude):
        names, only_input, _ = _matches(each, known)
        sides = (True,) if only_input else (False, True)
        excluded.update((id(known[name]), side) for name in names for side in sides)
    found: dict[str, Site] = {}
    for each in wanted:
        names, takes_input, by_pattern = _matches(each, known)
        taken = {(id(site.module), site.takes_input) for site in found.values()}
        for name in names:
            place = id(known[name]), takes_input
            if place in excluded or (by_pattern and place in taken):
                continue
            taken.add(place)
            found[name + INPUT * takes_input] = Site(known[name], takes_input, by_pattern)
    if not found:
        raise ValueError(f"expected exclude= to leave a layer of {layers!r}, got {exclude!r}")
    return found


def _listed(layers: Layers) -> list[str | nn.Module]:
    """Return names, patterns and modules one by one."""
    given: Any = layers
    if isinstance(given, str | bytes | nn.Module) or not isinstance(given, Iterable):
        given = [given]
    listed: list[str | nn.Module] = []
    for each in given:
        if not isinstance(each, str | nn.Module):
            raise TypeError(
                "expected layers as modules, or names or patterns as strings, got "
                f"{brief(each)}{name_hint(each)}"
            )
        listed += list(each) if isinstance(each, nn.ModuleList) else [each]
    return listed


def name_hint(given: Any) -> str:
    """Return the end of the refusal of what was given for the name of a layer."""
    if isinstance(given, bytes | bool) or not isinstance(given, SupportsIndex):
        return ""
    return f"; layers are named by strings, {str(given)!r} is one"


def _model_text(given: Any) -> str:
    """Return what was given for a model, and where one is found in it."""
    for name in ("model", "module"):
        if isinstance(getattr(given, name, None), nn.Module):
            return f"{brief(given)}; its .{name} is one"
    if inspect.isclass(given) and issubclass(given, nn.Module):
        return f"the class {given.__name__}; {given.__name__}(…) makes one"
    is_function = inspect.isroutine(given)
    return f"{brief(given)}{', whose layers are not known' if is_function else ''}"


def _matches(
    wanted: str | nn.Module, known: Mapping[str, nn.Module]
) -> tuple[list[str], bool, bool]:
    """Return the names that are meant, whether what goes in is, and whether by a pattern."""
    if isinstance(wanted, nn.Module):
        original: Any = getattr(wanted, _COMPILED, wanted)
        names = [name for name, module in known.items() if module is original]
        if not names:
            raise ValueError(
                f"expected a module of the model, got another {type(wanted).__name__}; "
                "model.named_modules() lists them"
            )
        return names[:1], False, False
    if wanted in known:
        return [wanted], False, False
    pattern = wanted.removesuffix(INPUT)
    takes_input = pattern != wanted
    if takes_input and pattern in known:
        return [pattern], True, False
    names = [name for name in known if fnmatchcase(name, pattern)]
    if not names:
        meant = [name + INPUT * takes_input for name in known if name]
        raise KeyError(f"no layer matches {wanted!r}{did_you_mean(wanted, meant)}")
    return names, takes_input, True


def is_compiled(model: nn.Module) -> bool:
    """Return whether the model or a module in it runs code that ``torch.compile`` made."""
    return any(
        any(name == _COMPILED for name, _ in module.named_children())
        or getattr(module, "_compiled_call_impl", None) is not None
        or hasattr(module.forward, "_torchdynamo_orig_callable")
        for module in model.modules()
    )
