"""URDF files of robots, with masses and lengths of links scaled."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

ROBOTS = Path(__file__).parent


def scaled_urdf(file: str, factors: Mapping[str, tuple[float, float]]) -> str:
    """Return the text of a URDF file in which links have other masses and lengths.

    A scaled link counts as slender: its inertia about x and y grows with the square of its
    length. Joints below the link move with it.

    Args:
        file: the name of a URDF file in this folder.
        factors: for each link to scale, the factors of its mass and of its length along z.
    """
    root = ElementTree.parse(ROBOTS / file).getroot()
    for link, (mass, length) in factors.items():
        _scale_link(root, link, mass, length)
    return ElementTree.tostring(root, encoding="unicode")


def _scale_link(root: Element, link: str, mass: float, length: float) -> None:
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


def _scale(body: Element, place: str, factors: dict[str, float]) -> None:
    found = body.find(place)
    assert found is not None
    for name, factor in factors.items():
        found.set(name, repr(float(found.get(name, "0")) * factor))
