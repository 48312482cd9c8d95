"""Arrays as the kernel takes and gives them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
Integers = np.ndarray[tuple[int, ...], np.dtype[np.int32]]


def checked(values: ArrayLike, shape: tuple[int, ...], name: str) -> Floats:
    """``values`` as a contiguous float32 array of just this shape; ValueError if it is not."""
    given = np.asarray(values)
    if given.dtype == np.float32 and given.shape == shape and given.flags.c_contiguous:
        return given
    if given.dtype.kind not in "fiub":
        raise ValueError(f"{name}: {given.dtype} where real numbers were expected")
    array = np.ascontiguousarray(given, dtype=np.float32)
    if given.shape != shape:
        raise ValueError(f"{name}: shape {given.shape} where {shape} was expected")
    return array
