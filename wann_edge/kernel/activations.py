"""One row of facts for each activation, in the order of the kernel's table in activations.h."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite
from typing import Literal

from wann_edge.kernel import graph_operators
from wann_edge.kernel.graph_operators import GraphWriter

Routine = Literal["divide", "compare", "convert"]
# The routines of soft floats that an activation can need beside addition and product.
ROUTINES: tuple[Routine, ...] = ("divide", "compare", "convert")


@dataclass(frozen=True, kw_only=True)
class Activation:
    """What the rest of the project must know of an activation. No field has a default.

    Attributes:
        name: as in the kernel's table and in network files.
        formula: the definition, as the documentation prints it.
        low: lower end of the result's range; -inf if it has none.
        high: upper end. Both ends are infinite, or 0 and infinite, only where no result
            exceeds its argument in magnitude; all other results lie within -1..1.
        is_exact: the C neither adds nor multiplies, so it does not round.
        is_step: the result jumps at 0, and only the argument's sign matters.
        is_periodic: the period is 2; fixed point takes the argument modulo 2.
        argument_integer_bits: fixed point takes its argument in Q(15 - n) or Q(31 - n);
            None if any format will do.
        routines: the soft-float routines that it uses.
        far_square: the C returns early where x^2 is at least this; None if it never does.
        called_from: uses in one network from which a function call takes less flash than
            inlined code; None if inlining always does.
        write_operators: adds the operators of an ONNX graph; returns the result's name.
        worst_error: largest distance from float64 over all finite floats, rounded up.
        worst_error_q15: largest distance in 16-bit words, from every argument.
        worst_error_q31: largest distance in 32-bit words.
    """

    name: str
    formula: str
    low: float
    high: float
    is_exact: bool
    is_step: bool
    is_periodic: bool
    argument_integer_bits: int | None
    routines: frozenset[Routine]
    far_square: float | None
    called_from: int | None
    write_operators: Callable[[GraphWriter, str], str]
    worst_error: float
    worst_error_q15: float
    worst_error_q31: float

    @property
    def is_bounded(self) -> bool:
        """Whether the result lies within -1..1 for every argument."""
        return isfinite(self.low) and isfinite(self.high)


_ROWS = (
    Activation(
        name="linear",
        formula="x",
        low=-inf,
        high=inf,
        is_exact=True,
        is_step=False,
        is_periodic=False,
        argument_integer_bits=None,
        routines=frozenset(),
        far_square=None,
        called_from=None,
        write_operators=graph_operators.linear,
        worst_error=0.0,
        worst_error_q15=0.0,
        worst_error_q31=0.0,
    ),
    Activation(
        name="step",
        formula="1 where x > 0, else 0",
        low=0.0,
        high=1.0,
        is_exact=True,
        is_step=True,
        is_periodic=False,
        argument_integer_bits=None,
        routines=frozenset({"compare"}),
        far_square=None,
        called_from=3,
        write_operators=graph_operators.step,
        worst_error=0.0,
        worst_error_q15=0.0,
        worst_error_q31=0.0,
    ),
    Activation(
        name="sin",
        formula="sin(pi x)",
        low=-1.0,
        high=1.0,
        is_exact=False,
        is_step=False,
        is_periodic=True,
        argument_integer_bits=0,
        routines=frozenset({"convert"}),
        far_square=None,
        called_from=2,
        write_operators=graph_operators.sin,
        worst_error=2.004e-7,
        worst_error_q15=1.264e-4,
        worst_error_q31=2.6e-8,
    ),
    Activation(
        name="gauss",
        formula="exp(-x^2 / 2)",
        low=0.0,
        high=1.0,
        is_exact=False,
        is_step=False,
        is_periodic=False,
        argument_integer_bits=3,
        routines=frozenset({"convert", "divide"}),
        far_square=64.0,
        called_from=2,
        write_operators=graph_operators.gauss,
        worst_error=1.534e-7,
        worst_error_q15=2.056e-4,
        worst_error_q31=3.0e-8,
    ),
    Activation(
        name="tanh",
        formula="tanh(x)",
        low=-1.0,
        high=1.0,
        is_exact=False,
        is_step=False,
        is_periodic=False,
        argument_integer_bits=3,
        routines=frozenset({"compare", "divide"}),
        far_square=66.0,
        called_from=2,
        write_operators=graph_operators.tanh,
        worst_error=1.966e-7,
        worst_error_q15=1.362e-4,
        worst_error_q31=2.2e-8,
    ),
    Activation(
        name="sigmoid",
        formula="1 / (1 + exp(-x))",
        low=0.0,
        high=1.0,
        is_exact=False,
        is_step=False,
        is_periodic=False,
        argument_integer_bits=4,
        routines=frozenset({"compare", "divide"}),
        far_square=4 * 66.0,
        called_from=2,
        write_operators=graph_operators.sigmoid,
        worst_error=1.271e-7,
        worst_error_q15=9.431e-5,
        worst_error_q31=1.1e-8,
    ),
    Activation(
        name="inverse",
        formula="-x",
        low=-inf,
        high=inf,
        is_exact=True,
        is_step=False,
        is_periodic=False,
        argument_integer_bits=None,
        routines=frozenset(),
        far_square=None,
        called_from=None,
        write_operators=graph_operators.inverse,
        worst_error=0.0,
        worst_error_q15=0.0,
        worst_error_q31=0.0,
    ),
    Activation(
        name="abs",
        formula="|x|",
        low=0.0,
        high=inf,
        is_exact=True,
        is_step=False,
        is_periodic=False,
        argument_integer_bits=None,
        routines=frozenset(),
        far_square=None,
        called_from=None,
        write_operators=graph_operators.absolute,
        worst_error=0.0,
        worst_error_q15=0.0,
        worst_error_q31=0.0,
    ),
    Activation(
        name="relu",
        formula="max(0, x)",
        low=0.0,
        high=inf,
        is_exact=True,
        is_step=False,
        is_periodic=False,
        argument_integer_bits=None,
        routines=frozenset({"compare"}),
        far_square=None,
        called_from=3,
        write_operators=graph_operators.relu,
        worst_error=0.0,
        worst_error_q15=0.0,
        worst_error_q31=0.0,
    ),
    Activation(
        name="cos",
        formula="cos(pi x)",
        low=-1.0,
        high=1.0,
        is_exact=False,
        is_step=False,
        is_periodic=True,
        argument_integer_bits=0,
        routines=frozenset({"convert"}),
        far_square=None,
        called_from=2,
        write_operators=graph_operators.cos,
        worst_error=2.009e-7,
        worst_error_q15=1.264e-4,
        worst_error_q31=2.6e-8,
    ),
)
ACTIVATIONS: dict[str, Activation] = {row.name: row for row in _ROWS}
