"""How many bytes an object keeps alive, counted at the buffers themselves."""

from __future__ import annotations

import gc
import types
from typing import Any

import numpy as np
from torch import Tensor

_SHARED = type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.CodeType


def weighed(*roots: Any) -> int:
    """Bytes of all arrays, tensors and byte strings that can be reached from `roots`, each once.

    Of views the whole of what they are views of: that is what stays alive.
    """
    seen: set[int] = set()
    buffers: dict[int, int] = {}
    found = list(roots)
    while found:
        each = found.pop()
        if id(each) in seen or isinstance(each, _SHARED):
            continue
        seen.add(id(each))
        if isinstance(each, Tensor):
            storage = each.untyped_storage()
            buffers[storage.data_ptr()] = storage.nbytes()
        elif isinstance(each, np.ndarray):
            while isinstance(each.base, np.ndarray):
                each = each.base
            buffers[each.ctypes.data] = max(each.nbytes, buffers.get(each.ctypes.data, 0))
        elif isinstance(each, bytes):
            buffers[id(each)] = len(each)
        found.extend(gc.get_referents(each))
        found.extend(vars(each).values() if hasattr(each, "__dict__") else ())
    return sum(buffers.values())
