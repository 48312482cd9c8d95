"""URDF files with the mass and length of a link scaled."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element


@contextmanager
def scaled(path: Path, link: str, mass: float, length: float) -> Iterator[Path]:
    """Write a temporary URDF file in which one link has another mass and length.

    The link counts as slender: its inertia about x and y grows with the square of its
    length. Joints below the link move with it.

    Args:
        path: of the URDF file.
        link: the name of the link.
        mass: multiplies the mass of the link.
        length: multiplies its length along z.

    Returns:
        A context with the path of the file, which is deleted at the end.
    """
    tree = ElementTree.parse(path)
    root = tree.getroot()
    (body,) = (one for one in root.iter("link") if one.get("name") == link)
    _scale(body, "inertial/mass", {"value": mass})
    about = dict.fromkeys(("ixx", "iyy"), mass * length**2) | {"izz": mass}
    _scale(body, "inertial/inertia", about)
    parts = [*body.iterfind("*/origin"), *body.iterfind("*/geometry/box")]
    for joint in root.iter("joint"):
        parent, origin = joint.find("parent"), joint.find("origin")
        if parent is not None and origin is not None and parent.get("link") == link:
            parts.append(origin)
    for part in parts:
        name = "size" if part.tag == "box" else "xyz"
        x, y, z = part.get(name, "0 0 0").split()
        part.set(name, f"{x} {y} {float(z) * length!r}")
    with tempfile.TemporaryDirectory(prefix="wann-edge-") as folder:
        made = Path(folder) / path.name
        tree.write(made)
        yield made


def _scale(body: Element, place: str, factors: dict[str, float]) -> None:
    found = body.find(place)
    assert found is not None
    for name, factor in factors.items():
        found.set(name, repr(float(found.get(name, "0")) * factor))
