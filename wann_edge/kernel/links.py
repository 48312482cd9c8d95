"""Links: the connections of a topology, packed."""

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
    """(source, target) pairs as one int32 each: a search makes a million genomes of a hundred.

    Equal to any sequence of the same pairs. Nodes are numbered below 2**15.
    """

    __slots__ = ("packed",)

    def __init__(self, packed: bytes) -> None:
        self.packed = packed

    @classmethod
    def of(cls, pairs: Iterable[Link]) -> Links:
        """These pairs, in their order."""
        if isinstance(pairs, Links):
            return pairs
        return cls(array("i", map(_key, pairs)).tobytes())

    @property
    def keys(self) -> Integers:
        """A number for each link, [n]; they ascend as links do."""
        return np.frombuffer(self.packed, np.int32)

    @property
    def sources(self) -> Integers:
        """Each link's source, [n]."""
        return self.keys & _SOURCES

    @property
    def targets(self) -> Integers:
        """Each link's target, [n]."""
        return self.keys >> _TARGET

    def place(self, link: Link) -> int:
        """How many of the ascending links are before this one."""
        return bisect_left(memoryview(self.packed).cast("i"), _key(link))

    def with_one(self, place: int, link: Link) -> Links:
        """One link more, before the one at this place."""
        at = 4 * place
        return Links(self.packed[:at] + _key(link).to_bytes(4, byteorder) + self.packed[at:])

    def wired(self, enabled: bytes, marked: bytes) -> tuple[Links, bytes]:
        """The ascending links that are enabled and of use, and each node's mark, 1 or 0.

        Of use are those to nodes that are marked, and to nodes from which one is reached, which
        are marked too. The links are numbered as if there were no other nodes.
        """
        marks = ctypes.create_string_buffer(marked, len(marked))
        edges = _numbers(len(self) + len(marked))
        count = library().wann_wire(len(self), self.packed, enabled, len(marked), marks, edges)
        return Links(bytes(edges)[: 4 * count]), marks.raw

    def with_room_for(self, node: int) -> Links:
        """The same links, where nodes from this number on are numbered one further."""
        moved = _numbers(len(self))
        library().wann_make_room(len(self), self.packed, node, moved)
        return Links(bytes(moved))

    def layers(self, inputs: int, hidden: int, outputs: int) -> ctypes.Array[ctypes.c_int32]:
        """Each node's layer [nodes]: its longest path from the first ``inputs`` nodes.

        Those are 0, hidden nodes 1 or more, all outputs one above the last hidden.
        """
        found = _numbers(inputs + hidden + outputs)
        library().wann_find_layers(len(self), self.packed, inputs, hidden, outputs, found)
        return found

    def ends(self, first: int, computed: int) -> ctypes.Array[ctypes.c_int32]:
        """Where each computed node's edges end among these, [computed], then each one's source.

        first: the number of the first computed node.
        """
        found = _numbers(computed + len(self))
        sources = ctypes.byref(found, 4 * computed)
        library().wann_edge_ends(len(self), self.packed, first, computed, found, sources)
        return found

    def free_targets(self, source: int, layer: ctypes.Array[ctypes.c_int32]) -> list[int]:
        """The nodes of later layers that the source has no link to; of ascending links."""
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
