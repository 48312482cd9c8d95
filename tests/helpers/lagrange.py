"""Derives equations of motion from energies by Lagrange's method, with complex-step derivatives.

The kinetic energy is a quadratic form of the velocities; ``_mass`` recovers its matrix.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Numbers = NDArray[np.float64] | NDArray[np.complex128]
STEP = 1e-30


class Energies(NamedTuple):
    """A system with coordinates q and velocities v.

    Attributes:
        kinetic: kinetic energy of (q, v).
        potential: potential energy of q.
        forces: generalised forces of (q, v, u) with inputs u.
    """

    kinetic: Callable[[Numbers, Doubles], complex]
    potential: Callable[[Numbers], complex]
    forces: Callable[[Doubles, Doubles, Doubles], Doubles]


def _mass(energies: Energies, q: Numbers) -> NDArray[np.complex128]:
    """Return the matrix M of the kinetic energy T = v M v / 2."""
    unit = np.eye(len(q))
    each = [energies.kinetic(q, e) for e in unit]
    return np.array(
        [
            [energies.kinetic(q, a + b) - each[i] - each[j] for j, b in enumerate(unit)]
            for i, a in enumerate(unit)
        ]
    )


def accelerations(energies: Energies, q: Doubles, v: Doubles, u: Doubles) -> Doubles:
    """Solve d/dt (dT/dv) - dT/dq + dV/dq = forces for the accelerations."""
    nudged = [q + 1j * STEP * e for e in np.eye(len(q))]
    slopes = np.array([_mass(energies, each).imag / STEP for each in nudged])
    pulls = np.array([np.imag(energies.potential(each)) / STEP for each in nudged])
    turning = np.einsum("kij,k,j->i", slopes, v, v) - 0.5 * np.einsum("kij,i,j->k", slopes, v, v)
    right = energies.forces(q, v, u) - turning - pulls
    return np.linalg.solve(_mass(energies, q).real, right)
