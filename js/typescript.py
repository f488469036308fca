"""TypeScript written from Python's typed definitions, the way the page's formatter has it."""

import ast
import inspect
import json
import math
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from types import ModuleType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

LINE = 100
"""Letters of a line."""

BINARY = "BinaryValue"
"""The page's type of bytes."""

_PLAIN: Mapping[object, str] = {
    int: "number",
    float: "number",
    bool: "boolean",
    str: "string",
    bytes: BINARY,
    object: "unknown",
    None: "null",
    type(None): "null",
}


class TypeScript:
    """Types of TypeScript for definitions of Python, each written once and named elsewhere.

    Integers and floats are numbers, None is null, a list an array, a sequence one that is only
    read, a mapping an object of fields that are only read, a tuple an array with a type for each
    place, ``Annotated[…, "label"]`` with the place's label; a field that is ``NotRequired`` may be
    left out.

    Parameters
    ----------
    definitions
        Module by module the names of what is exported: typed dictionaries, and aliases of types.
    renamed
        The name in the page of a definition, where it has another there.

    Raises
    ------
    ValueError
        If two definitions have the same name.
    """

    def __init__(
        self,
        definitions: Sequence[tuple[ModuleType, Sequence[str]]],
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        self._definitions = definitions
        self._names: list[tuple[object, str]] = []
        for module, names in definitions:
            for name in names:
                exported = (renamed or {}).get(name, name)
                if any(exported == known for _, known in self._names):
                    raise ValueError(f"expected one definition of {exported}, got another")
                self._names.append((getattr(module, name), exported))

    def declarations(self) -> str:
        """All that is exported, with the comments that Python has."""
        parts = []
        for module, names in self._definitions:
            described = descriptions(module_body(module))
            for name in names:
                value = getattr(module, name)
                written = (
                    self._interface(value)
                    if is_typeddict(value)
                    else _comment(described.get(name, "")) + self._alias(value)
                )
                parts.append(written)
        return "\n".join(parts)

    @property
    def names(self) -> list[str]:
        """Names of all that is exported, as the page has them."""
        return [name for _, name in self._names]

    def name_of(self, hint: object) -> str | None:
        """The name under which a definition is exported, None if it is not."""
        return next((name for known, name in self._names if known == hint), None)

    def type_of(self, hint: object) -> str:
        """A type, by its name where it is exported.

        Raises
        ------
        TypeError
            If the page has nothing of the kind.
        """
        return self.name_of(hint) or self._anonymous(hint)

    def members(self, fields: Mapping[str, tuple[object, str]]) -> str:
        """Lines of an interface, of types and comments by the fields' names."""
        return "".join(
            f"{_comment(text, '  ')}  {self._field(name, hint)};\n"
            for name, (hint, text) in fields.items()
        )

    def _field(self, name: str, hint: object) -> str:
        if get_origin(hint) is NotRequired:
            return f"{name}?: {self.type_of(get_args(hint)[0])}"
        return f"{name}: {self.type_of(hint)}"

    def _anonymous(self, hint: object) -> str:
        """A type written out."""
        if plain := _PLAIN.get(hint):
            return plain
        if hasattr(hint, "dim_str"):  # an array of jaxtyping's
            return BINARY
        origin, arguments = get_origin(hint), get_args(hint)
        writers: dict[object, Callable[[], str]] = {
            Annotated: lambda: self.type_of(arguments[0]),
            Literal: lambda: " | ".join(map(literal, arguments)),
            Union: lambda: " | ".join(map(self.type_of, arguments)),
            types.UnionType: lambda: " | ".join(map(self.type_of, arguments)),
            list: lambda: self._array(arguments[0]),
            Mapping: lambda: f"{{ readonly [field: string]: {self.type_of(arguments[1])} }}",
            Sequence: lambda: f"readonly {self._array(arguments[0])}",
            tuple: lambda: f"[{', '.join(map(self._place, arguments))}]",
        }
        if origin not in writers or ... in arguments:
            raise TypeError(
                f"expected a type that the page has, or one that is exported, got {hint!r}"
            )
        return writers[origin]()

    def _array(self, hint: object) -> str:
        item = self.type_of(hint)
        return f"({item})[]" if " | " in item else f"{item}[]"

    def _place(self, hint: object) -> str:
        """A place of a tuple, with its label if it has one."""
        if get_origin(hint) is not Annotated:
            return self.type_of(hint)
        inner, label = get_args(hint)
        return f"{label}: {self.type_of(inner)}"

    def _alias(self, hint: object) -> str:
        start, written = f"export type {self.name_of(hint)} =", self._anonymous(hint)
        if len(f"{start} {written};") <= LINE:
            return f"{start} {written};\n"
        if get_origin(hint) is tuple:
            places = "".join(f"  {self._place(place)},\n" for place in get_args(hint))
            return f"{start} [\n{places}];\n"
        each_on_its_line = "".join(f"\n  | {each}" for each in written.split(" | "))
        return f"{start}{each_on_its_line};\n"

    def _interface(self, definition: Any) -> str:
        bases, fields = self._fields_of(definition)
        extends = f" extends {', '.join(bases)}" if bases else ""
        start = f"{_comment(inspect.getdoc(definition) or '')}export "
        name = self.name_of(definition)
        if not fields and not bases:
            # An interface without fields would take anything.
            return f"{start}type {name} = {{ [field: string]: undefined }};\n"
        return f"{start}interface {name}{extends} {{\n{self.members(fields)}}}\n"

    def _fields_of(self, definition: Any) -> tuple[list[str], dict[str, tuple[object, str]]]:
        """Exported definitions that one extends, and all its other fields."""
        bases: list[str] = []
        fields: dict[str, tuple[object, str]] = {}
        source = _definition(definition)
        for base in source.bases:
            above = vars(sys.modules[definition.__module__])[ast.unparse(base)]
            if not is_typeddict(above):
                continue
            if name := self.name_of(above):
                bases.append(name)
                continue
            others, inherited = self._fields_of(above)
            bases += others
            fields |= inherited
        described = descriptions(source.body)
        hints = get_type_hints(definition, include_extras=True)
        for statement in source.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                name = statement.target.id
                fields[name] = hints[name], described.get(name, "")
        return bases, fields


def descriptions(body: Sequence[ast.stmt]) -> dict[str, str]:
    """What the strings below assignments say of what is assigned."""
    return {
        target.id: inspect.cleandoc(text)
        for constant, below in pairwise(body)
        if isinstance(constant, ast.Assign | ast.AnnAssign)
        for target in getattr(constant, "targets", None) or [getattr(constant, "target", None)]
        if isinstance(target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        if isinstance(text := below.value.value, str)
    }


@cache
def module_body(module: ModuleType) -> list[ast.stmt]:
    """The statements of a module."""
    return ast.parse(inspect.getsource(module)).body


def class_body(owner: type) -> list[ast.stmt]:
    """The statements of a class, as they stand in its module."""
    return _definition(owner).body


def _definition(owner: type) -> ast.ClassDef:
    """A class as it stands in its module, with bases that typed dictionaries do not keep."""
    return next(
        statement
        for statement in module_body(sys.modules[owner.__module__])
        if isinstance(statement, ast.ClassDef) and statement.name == owner.__name__
    )


def literal(value: object) -> str:
    """A number, a string or a tuple of them as TypeScript, the way the page's formatter has it.

    Raises
    ------
    TypeError
        If it is anything else, or a number that is not finite.
    """
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        if value == int(value):
            return f"{int(value):_}"
        mantissa, _, exponent = repr(value).partition("e")
        return f"{mantissa}e{int(exponent)}" if exponent else mantissa
    raise TypeError(f"expected a number, a string or a tuple of them, got {value!r}")


def _comment(text: str, indent: str = "") -> str:
    """A documentation comment, none for no text."""
    if not text:
        return ""
    text = text.replace("*/", "* /")
    line = f"{indent}/** {text} */"
    if "\n" not in text and len(line) <= LINE:
        return f"{line}\n"
    lines = [f"{indent} * {each}".rstrip() for each in text.splitlines()]
    return "\n".join([f"{indent}/**", *lines, f"{indent} */\n"])
