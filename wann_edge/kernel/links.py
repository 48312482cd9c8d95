"""The connections of a topology, packed as one int32 each."""

from __future__ import annotations

import ctypes
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from sys import byteorder
from typing import overload

import numpy as np
from numpy.typing import NDArray

from wann_edge.kernel.arrays import Integers
from wann_edge.kernel.library import library

Link = tuple[int, int]

# A link is one number, target << TARGET | source, so links ascend by target, then by source.
_TARGET = 16
_SOURCES = (1 << _TARGET) - 1


class Links(Sequence[Link]):
    """A sequence of (source, target) pairs, stored as one int32 each to save memory and time.

    It is equal to any sequence of the same pairs. Node numbers are below 2**15.

    Attributes:
        packed: the int32 values as bytes, ``target << 16 | source``.
    """

    __slots__ = ("packed",)

    def __init__(self, packed: bytes) -> None:
        self.packed = packed

    @classmethod
    def of(cls, pairs: Iterable[Link]) -> Links:
        """Pack pairs, in their order."""
        if isinstance(pairs, Links):
            return pairs
        return cls(array("i", map(_key, pairs)).tobytes())

    @property
    def keys(self) -> Integers:
        """One number for each link, int32 [n]; it ascends by target, then by source."""
        return np.frombuffer(self.packed, np.int32)

    @property
    def sources(self) -> Integers:
        """The source of each link, int32 [n]."""
        return self.keys & _SOURCES

    @property
    def targets(self) -> Integers:
        """The target of each link, int32 [n]."""
        return self.keys >> _TARGET

    def place(self, link: Link) -> int:
        """Return how many of these ascending links come before a link."""
        return bisect_left(memoryview(self.packed).cast("i"), _key(link))

    def with_one(self, place: int, link: Link) -> Links:
        """Return these links with one more, inserted before the one at ``place``."""
        at = 4 * place
        return Links(self.packed[:at] + _key(link).to_bytes(4, byteorder) + self.packed[at:])

    def wired(self, enabled: bytes, marked: bytes) -> tuple[Links, bytes]:
        """Keep the enabled links that lead to an output, and number the nodes anew without gaps.

        Args:
            enabled: 1 for each enabled link, else 0.
            marked: 1 for each node to keep in any case, else 0. Nodes from which a marked one
                is reached are marked too.

        Returns:
            The enabled links to marked nodes, and the mark of each node. These links number
            the marked nodes alone.
        """
        marks = ctypes.create_string_buffer(marked, len(marked))
        edges = _numbers(len(self) + len(marked))
        count = library().wann_wire(len(self), self.packed, enabled, len(marked), marks, edges)
        return Links(bytes(edges)[: 4 * count]), marks.raw

    def with_room_for(self, node: int) -> Links:
        """Return the same links, with all node numbers from ``node`` on raised by one."""
        moved = _numbers(len(self))
        library().wann_make_room(len(self), self.packed, node, moved)
        return Links(bytes(moved))

    def layers(self, inputs: int, hidden: int, outputs: int) -> ctypes.Array[ctypes.c_int32]:
        """Return the layer of each node, int32 [nodes]: its longest path from an input.

        Args:
            inputs: number of nodes before the hidden ones, the bias included; their layer is 0.
            hidden: number of hidden nodes; their layer is at least 1.
            outputs: number of outputs; all are one layer above the last hidden node.
        """
        found = _numbers(inputs + hidden + outputs)
        library().wann_find_layers(len(self), self.packed, inputs, hidden, outputs, found)
        return found

    def ends(self, first: int, computed: int) -> ctypes.Array[ctypes.c_int32]:
        """Return where the edges of each computed node end, [computed], then the sources.

        Args:
            first: the number of the first computed node.
            computed: the number of computed nodes.
        """
        found = _numbers(computed + len(self))
        sources = ctypes.byref(found, 4 * computed)
        library().wann_edge_ends(len(self), self.packed, first, computed, found, sources)
        return found

    def free_targets(self, source: int, layer: ctypes.Array[ctypes.c_int32]) -> list[int]:
        """Return the nodes of later layers that a source has no link to yet.

        Args:
            source: a node number.
            layer: what ``layers`` returns; these links must ascend.
        """
        nodes = len(layer)
        found = _numbers(2 * nodes + 1)
        count = library().wann_find_targets(len(self), self.packed, source, nodes, layer, found)
        return found[:count]

    def __len__(self) -> int:
        return len(self.packed) // 4

    def __iter__(self) -> Iterator[Link]:
        return zip(self.sources.tolist(), self.targets.tolist(), strict=True)

    @overload
    def __getitem__(self, place: int) -> Link: ...
    @overload
    def __getitem__(self, place: slice | NDArray[np.bool_ | np.intp]) -> Links: ...
    def __getitem__(self, place: int | slice | NDArray[np.bool_ | np.intp]) -> Link | Links:
        found = self.keys[place]
        if isinstance(found, np.ndarray):
            return Links(found.tobytes())
        return int(found) & _SOURCES, int(found) >> _TARGET

    def __add__(self, other: Links) -> Links:
        return Links(self.packed + other.packed)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Links):
            return self.packed == other.packed
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __reduce__(self) -> tuple[type[Links], tuple[bytes]]:
        return Links, (self.packed,)


def _key(link: Link) -> int:
    return link[1] << _TARGET | link[0]


def _numbers(count: int) -> ctypes.Array[ctypes.c_int32]:
    return (ctypes.c_int32 * count)()
