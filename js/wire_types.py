"""What travels between kernel and page, as the page's types: frames, messages and synced traits."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeGuard

import anywidget
import traitlets
from jaxtyping import AbstractArray

from js.typescript import BINARY, TypeScript, class_body, descriptions, literal
from srm_widget import SRMScope
from srm_widget.export import payload
from srm_widget.results import survey
from srm_widget.survey import random_rotations
from srm_widget.view import wire
from srm_widget.widget.traits import Choice

EXPORTED = TypeScript(
    (
        (survey, ["Measure"]),
        (random_rotations, ["Null"]),
        (
            wire,
            [
                "Pair",
                "Order",
                "RadialScale",
                "EmptyFrame",
                "LayerFrame",
                "AheadFrame",
                "CurveFrame",
                "PageRequest",
                "ComparedFrame",
                "CloudKind",
                "CloudOf",
                "CloudFrame",
                "EnsembleCloudProgress",
                "EnsembleCloudFrame",
                "LegendFrame",
                "ScoreGridFrame",
                "SurveyFrame",
                "MapFrame",
                "MapWindow",
                "TileFrame",
                "PreviewKind",
                "TestProgress",
                "PlanesTest",
                "TestFrame",
                "StripItem",
                "StripFrame",
                "TableColumn",
                "ClassShare",
                "TableRow",
                "TableProgress",
                "TableFrame",
                "NavigatorKind",
                "PairsOf",
                "PairRow",
                "PairsProgress",
                "PairsFrame",
                "NullBandFrame",
                "TimelineProblem",
                "TimelineFrame",
                "PlaneMessage",
                "AheadArray",
                "AheadFrames",
                "AheadMessage",
                "PlaneAhead",
                "HoldRequest",
                "HoldStepsRequest",
                "AheadRequest",
                "SurveyRequest",
                "TableRequest",
                "TestRequest",
                "NullBandRequest",
                "StopRequest",
                "DirectionRequest",
                "PairsRequest",
                "StopPairsRequest",
                "PairRequest",
                "ViewsRequest",
                "WhoShowsMessage",
                "PageMessage",
            ],
        ),
        (
            payload,
            [
                "ByteRange",
                "PayloadStepFrame",
                "PayloadLabelFrame",
                "PayloadPreviewFrame",
                "PayloadFrame",
                "StepsMessage",
            ],
        ),
    ),
    {"Measure": "Score", "Null": "NullModel", "LegendFrame": "Legend"},
)
"""Definitions that are written for the page."""

_TRAITS_OF_TESTS = "../../src/protocol/scope-traits.ts"
_HEAD = """\
/**
 * {what} Written by js/generate.py from
 * Python's definitions: change them there, and run `make build`.
 */

"""


def frames() -> str:
    """The text of ``src/protocol/frames.ts``."""
    head = _HEAD.format(what="What travels between kernel and page, field by field.")
    return head + EXPORTED.declarations()


def traits() -> str:
    """The text of ``src/protocol/scope-traits.ts``."""
    held = {name: trait_type(name, trait) for name, trait in synced().items()}
    members = EXPORTED.members({name: (hint, _text(name, hint)) for name, hint in held.items()})
    named = sorted(name for name in EXPORTED.names if re.search(rf"\b{name}\b", members))
    return (
        _HEAD.format(what="The traits that kernel and page share.")
        + f'import type {{ {BINARY} }} from "../base/binary.ts";\n'
        + f'import type {{\n{_lines(named)}}} from "./frames.ts";\n\n'
        + "// A type, not an interface: AnyModel wants an index signature, which only types have "
        + f"implicitly.\nexport type ScopeTraits = {{\n{members}}};\n\n"
        + "/** Names of all synced traits. */\n"
        + f"export const TRAITS = [\n{_lines(map(literal, held))}] as const;\n\n"
        + "/** Names of those that the kernel alone sets. */\n"
        + f"export const SET_BY_KERNEL = [\n{_lines(map(literal, set_by_kernel()))}] as const;\n"
    )


def defaults() -> str:
    """The text of ``tests/support/trait-defaults.js``."""
    values = {name: trait.default() for name, trait in synced().items()}
    alone = set_by_kernel()
    return (
        _HEAD.format(what="What synced traits hold before they are set.")
        + f'/** @import {{ ScopeTraits, SET_BY_KERNEL }} from "{_TRAITS_OF_TESTS}" */\n'
        + "/** @typedef {(typeof SET_BY_KERNEL)[number]} SetByKernel */\n\n"
        + "/** Those that a page may set. @type {Omit<ScopeTraits, SetByKernel>} */\n"
        + _object("PAGE_DEFAULTS", {k: v for k, v in values.items() if k not in alone})
        + "\n/** Those that the kernel alone sets. @type {Pick<ScopeTraits, SetByKernel>} */\n"
        + _object("KERNEL_DEFAULTS", {k: v for k, v in values.items() if k in alone})
    )


def _object(name: str, values: Mapping[str, object]) -> str:
    fields = "".join(f"  {key}: {_value(value)},\n" for key, value in values.items())
    return f"export const {name} = {{\n{fields}}};\n"


def synced() -> dict[str, traitlets.TraitType[Any, Any]]:
    """The scope's own synced traits by their names, those that users know first."""
    hosts = {*anywidget.AnyWidget.class_traits(sync=True), "_script"}
    own = {
        name: trait for name, trait in SRMScope.class_traits(sync=True).items() if name not in hosts
    }
    return dict(sorted(own.items(), key=lambda each: (each[0].startswith("_"), each[0])))


def set_by_kernel() -> list[str]:
    """Names of the synced traits that no page may set."""
    return [name for name, trait in synced().items() if trait.metadata.get("page") == "reads"]


def trait_type(name: str, trait: traitlets.TraitType[Any, Any]) -> Any:
    """What a trait holds: as its metadata ``wire`` says, else as its kind and default do.

    Raises
    ------
    TypeError
        If nothing says it.
    """
    if "wire" in trait.metadata:
        return trait.metadata["wire"]
    if isinstance(trait, Choice):
        return Literal[trait.words]
    default = trait.default()
    if isinstance(default, bool | int | float | str | bytes):
        return type(default)
    if isinstance(trait, traitlets.List) and isinstance(trait._trait, traitlets.Unicode):  # noqa: SLF001
        return list[str]
    raise TypeError(f"expected a type for the synced trait {name}, got {trait!r}")


def _text(name: str, hint: object) -> str:
    """What is said of a trait: the string below it, and the shape of an array."""
    said = [
        text
        for owner in SRMScope.__mro__
        if name in vars(owner)
        for text in [descriptions(class_body(owner)).get(name, "")]
    ]
    shape = [f"{hint.dtypes[0]} ({', '.join(hint.dim_str.split())})"] if _is_array(hint) else []
    return "; ".join(filter(None, [*said, *shape]))


def _is_array(hint: object) -> TypeGuard[type[AbstractArray]]:
    return isinstance(hint, type) and issubclass(hint, AbstractArray)


def _lines(words: Iterable[str]) -> str:
    return "".join(f"  {word},\n" for word in words)


def _value(value: object) -> str:
    """A trait's value as JavaScript."""
    if isinstance(value, bytes):
        return f"new DataView(new ArrayBuffer({len(value)}))"
    if isinstance(value, bool) or value == {}:
        return json.dumps(value)
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key}: {_value(each)}' for key, each in value.items())} }}"
    return literal(tuple(value) if isinstance(value, list) else value)
