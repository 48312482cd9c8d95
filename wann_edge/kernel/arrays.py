"""Array types of the kernel, and the check of arrays that are passed to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
Integers = np.ndarray[tuple[int, ...], np.dtype[np.int32]]


def checked(values: ArrayLike, shape: tuple[int, ...], name: str) -> Floats:
    """Return ``values`` as a contiguous float32 array.

    Args:
        values: real numbers of exactly this shape.
        shape: the required shape.
        name: the argument's name, for the error message.

    Raises:
        ValueError: the values are not real numbers, or have another shape.
    """
    given = np.asarray(values)
    if given.dtype == np.float32 and given.shape == shape and given.flags.c_contiguous:
        return given
    if given.dtype.kind not in "fiub":
        raise ValueError(f"{name}: the dtype is {given.dtype}; pass real numbers")
    array = np.ascontiguousarray(given, dtype=np.float32)
    if given.shape != shape:
        raise ValueError(f"{name}: shape {given.shape} instead of {shape}")
    return array
