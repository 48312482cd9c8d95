"""Disturbances: each is what it says, comes from the seed, and is the same in the lanes."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.networks import random_network
from helpers.parts import ROOT
from wann_edge.errors import SettingsError, TaskError
from wann_edge.kernel import AGE_ROOM, Floats, plant, rollouts_of
from wann_edge.network import Input, Output
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.system.needs import Need
from wann_edge.task import Spec, World
from wann_edge.task.disturbance_draws import draw
from wann_edge.task.disturbances import KINDS, MOST_LATENCY, NONE, USUAL, Disturbances, parse
from wann_edge.task.disturbed import disturbed

STEPS = 400
LOW, HIGH, REST = -2.0, 6.0, 1.0


class Echo:
    """A world that counts its steps, and keeps what it was sent."""

    parameters = ("mass",)

    def __init__(self) -> None:
        self.sent: list[float] = []
        self.factors: list[float] = []

    def vary(self, factors: Floats) -> None:
        self.factors.append(float(factors[0]))

    def reset(self, seed: int) -> Floats:
        self.sent, self._count = [], 0
        return np.zeros(1, np.float32)

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        self.sent.append(float(action[0]))
        self._count += 1
        return np.full(1, self._count, np.float32), np.float32(0), False


class EchoTask:
    """Observations are 0 to 400, actions -2 to 6 with rest at 1."""

    summary = "for tests"
    needs: tuple[Need, ...] = ()
    spec = Spec(
        "echo",
        (Input("count", "1", 0.0, 400.0),),
        (Output("a", "1", LOW, HIGH, REST),),
        0.01,
        STEPS,
    )

    def __init__(self) -> None:
        self.echo = Echo()

    def world(self) -> World:
        return self.echo


def played(
    text: str, seed: int = 3, action: float | None = None
) -> tuple[list[float], list[float]]:
    """What was seen, and what came of actions: a hundredth of the step's number, if not given."""
    task = EchoTask()
    world = disturbed(task, parse(text)).world()
    seen = [float(world.reset(seed)[0])]
    for step in range(STEPS):
        sent = step / 100 if action is None else action
        seen.append(float(world.step(np.array([sent], np.float32))[0][0]))
    return seen, task.echo.sent


@st.composite
def some(draw: st.DrawFn) -> Disturbances:
    """Any disturbances whose strengths are whole percents."""
    values = {
        name: draw(st.integers(0, int(kind.high)))
        if kind.is_count
        else draw(st.integers(int(100 * kind.low), int(100 * kind.high))) / 100
        for name, kind in KINDS.items()
    }
    return Disturbances(**values)


@given(some())
def test_their_text_names_them(given_: Disturbances) -> None:
    assert parse(str(given_)) == given_
    assert all(replace(NONE, **dict(one.strengths)) == one for _, one in given_.single)


@pytest.mark.parametrize(
    "text",
    [
        "foo=1%",
        "noise=1",
        "adc=10%",
        "adc=17",
        "vary=95%",
        "latency=7",
        "drop",
        "noise=1%,noise=1%",
    ],
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="--disturb"):
        parse(text)


def test_the_fields_are_the_rows_of_the_table() -> None:
    """Their names in order, their types, and their lines in the docstring."""
    assert [field.name for field in fields(Disturbances)] == list(KINDS)
    documented = " ".join((Disturbances.__doc__ or "").split())
    for field in fields(Disturbances):
        kind = KINDS[field.name]
        assert field.type == ("int" if kind.is_count else "float")
        assert kind.low <= field.default <= kind.high
        assert f"{field.name}: {kind.what}." in documented


def test_the_documentations_table_is_the_table() -> None:
    page = (ROOT / "docs" / "validate.md").read_text()
    usual = str(USUAL).split(",")
    rows = [f"| `{text}` | {kind.what} |" for text, kind in zip(usual, KINDS.values(), strict=True)]
    assert "\n".join(["|---|---|", *rows, "\n"]) in page


def test_the_oldest_action_is_the_kernels() -> None:
    text = (ROOT / "wann_edge" / "kernel" / "disturb.h").read_text()
    assert f"#define WANN_AGE_ROOM {AGE_ROOM} " in text
    assert MOST_LATENCY + 1 == AGE_ROOM - 1


def test_without_any_the_task_is_itself() -> None:
    task = EchoTask()
    assert disturbed(task, NONE) is task
    assert disturbed(SwingUp(), NONE).disturbances == NONE  # type: ignore[attr-defined]


def test_noise_has_its_standard_deviation() -> None:
    seen, _ = played("noise=1%")
    errors = np.array(seen) - np.arange(STEPS + 1)
    assert 3.5 < errors.std() < 4.5  # a hundredth of 400
    assert abs(errors.mean()) < 0.6


def test_a_converter_counts_in_steps_over_the_range() -> None:
    seen, _ = played("adc=4")
    step = 400 / 15
    np.testing.assert_allclose(seen, np.floor(np.arange(401) / step + 0.5) * step, atol=1e-4)
    assert len(set(seen)) == 16


def test_actions_are_late_by_whole_periods_and_rest_comes_first() -> None:
    _, sent = played("latency=3")
    np.testing.assert_allclose(sent[:3], REST)
    np.testing.assert_allclose(sent[3:], np.arange(STEPS - 3) / 100, rtol=1e-6)


def test_jitter_is_one_period_more_as_often_as_it_says() -> None:
    _, sent = played("jitter=25%")
    late = [round(100 * value) == step - 1 for step, value in enumerate(sent)][1:]
    on_time = [round(100 * value) == step for step, value in enumerate(sent)][1:]
    assert all(a != b for a, b in zip(late, on_time, strict=True))
    assert 0.18 < np.mean(late) < 0.32


def test_of_a_lost_sample_the_last_one_stands() -> None:
    seen, _ = played("drop=30%")
    held = [a == b for a, b in zip(seen[1:], seen[:-1], strict=True)]
    assert 0.23 < np.mean(held) < 0.37
    whole = [a == step for step, a in enumerate(seen[1:], 1)]
    assert all(a != b for a, b in zip(held, whole, strict=True))


@pytest.mark.parametrize(
    ("text", "action", "comes"),
    [
        ("limit=50%", 5.9, 3.5),  # half of 5 above rest
        ("limit=50%", -2.0, -0.5),  # half of 3 below
        ("limit=50%", 2.0, 2.0),
        ("dead=10%", 1.45, REST),  # within a tenth of 5
        ("dead=10%", 0.55, REST),
        ("dead=10%", 1.55, 1.55),
    ],
)
def test_actuators_are_weak_or_dead(text: str, action: float, comes: float) -> None:
    np.testing.assert_allclose(played(text, action=action)[1], comes, rtol=1e-6)


def test_factors_are_drawn_for_each_episode_within_the_range() -> None:
    task = EchoTask()
    world = disturbed(task, parse("vary=20%")).world()
    for seed in range(200):
        world.reset(seed)
    factors = np.array(task.echo.factors)
    assert 0.8 <= factors.min() < 0.82
    assert 1.18 < factors.max() <= 1.2
    assert abs(factors.mean() - 1) < 0.03


@given(some(), some(), st.integers(0, 2**40))
@settings(max_examples=25)
def test_one_kinds_numbers_do_not_depend_on_another(
    one: Disturbances, other: Disturbances, seed: int
) -> None:
    """Nor an episode's on the other episodes."""
    short = replace(SPEC, max_steps=20)
    mixed = replace(other, noise=one.noise, drop=one.drop)
    a, b = draw(one, short, ("mass",), [seed, 5]), draw(mixed, short, ("mass",), [9, seed])
    np.testing.assert_array_equal(a.noise[0], b.noise[1])
    np.testing.assert_array_equal(a.lost[0], b.lost[1])


def test_what_a_task_has_no_range_for_is_refused() -> None:
    endless = replace(EchoTask.spec, inputs=(Input("x", "1", 0.0, float("inf")),))
    for text in ("noise=1%", "adc=8"):
        with pytest.raises(TaskError, match="'x' has no range"):
            draw(parse(text), endless, (), [1])
    choices = replace(EchoTask.spec, outputs=(Output("choice_0"),))
    for text in ("limit=50%", "dead=5%"):
        with pytest.raises(TaskError, match="'choice_0' has no range"):
            draw(parse(text), choices, (), [1])
    with pytest.raises(TaskError, match="no masses or lengths"):
        draw(parse("vary=10%"), EchoTask.spec, (), [1])


def test_the_kernel_refuses_other_shapes() -> None:
    task, seeds = SwingUp(), [1, 2]
    network = random_network(np.random.default_rng(1), inputs=5, hidden=2, outputs=1)
    good = draw(parse("noise=1%"), SPEC, (), seeds)
    rows = np.zeros(2, np.int32)

    def run(given_: object, places: object = rows) -> None:
        rollouts_of(
            [network.program],
            plant("swingup"),
            np.ones(2),
            task.starts(seeds),
            SPEC.max_steps,
            disturbed=(given_, places),  # type: ignore[arg-type]
        )

    run(good)
    for wrong in (
        good._replace(factors=np.ones((2, 3), np.float32)),
        good._replace(noise=good.noise[:, 1:]),
        good._replace(ages=good.ages + np.int32(AGE_ROOM)),
        good._replace(converters=good.converters[1:]),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            run(wrong)
    for places in (rows[1:], rows + 2, rows - 1):
        with pytest.raises(ValueError, match="episodes"):
            run(good, places)
