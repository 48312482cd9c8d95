"""Published networks: they can be read, and they score as published."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wann_edge.errors import NetworkError
from wann_edge.evaluate import episode_seeds, rollouts
from wann_edge.kernel import activation_names
from wann_edge.network import Network, float32
from wann_edge.network.file import from_json, to_json
from wann_edge.network.published import PUBLISHED_ACTIVATIONS, Matrix, read_published
from wann_edge.sims.swingup import SPEC, SwingUp

# Mean and standard deviation of 100 episodes in the original code, by shared weight.
PUBLISHED = {
    -2.0: (543.6, 96.6),
    -1.0: (687.8, 92.0),
    -0.5: (521.0, 4.7),
    0.5: (521.6, 4.1),
    1.0: (701.5, 6.7),
    2.0: (689.1, 6.5),
}
PUBLISHED_EPISODES, EPISODES = 100, 1000


@pytest.fixture
def swing(data: Path) -> Path:
    return data / "wann-release" / "champions" / "swing.out"


@pytest.fixture
def zoo(data: Path) -> Path:
    return data / "wann-release" / "zoo"


def returns(network: Network, weights: tuple[float, ...]) -> Matrix:
    """Return the returns [weights, episodes] of fresh episodes."""
    seeds = episode_seeds(0, EPISODES)
    return rollouts(network, SwingUp(), weights, seeds).returns.astype(np.float64)


def agree(scores: Matrix, mean: float, standard_error: float) -> bool:
    """Return whether two means differ by less than 3 standard errors of their difference."""
    error = math.hypot(scores.std(ddof=1) / math.sqrt(len(scores)), standard_error)
    return bool(abs(scores.mean() - mean) < 3 * error)


def test_ids_are_in_the_kernels_order() -> None:
    """New activations of the kernel follow those of the paper."""
    assert activation_names()[: len(PUBLISHED_ACTIVATIONS)] == PUBLISHED_ACTIVATIONS
    assert len(PUBLISHED_ACTIVATIONS) == 10


def test_swing_champion(swing: Path) -> None:
    network = read_published(swing, 5, 1, task=SPEC)
    assert (network.node_count, len(network.edges)) == (29, 52)
    assert (network.inputs, network.outputs) == (SPEC.inputs, SPEC.outputs)
    assert (network.task, network.control_period_s) == ("swingup", float32(0.01))
    assert network.activations[:3] == ("inverse", "inverse", "tanh")
    assert network.provenance == {"format": "published .out", "file": "swing.out"}
    assert from_json(to_json(network)) == network


def test_biped_champion(swing: Path) -> None:
    network = read_published(swing.with_name("biped.out"), 24, 4)
    assert (network.node_count, len(network.edges)) == (103, 210)
    assert (len(network.inputs), len(network.outputs), network.hidden_count) == (24, 4, 74)
    assert (network.task, network.control_period_s, network.weights) == (None, None, None)
    assert network.inputs[23].name == "input_23"


def test_swing_champion_scores_as_published(swing: Path) -> None:
    scores = returns(read_published(swing, 5, 1, task=SPEC), tuple(PUBLISHED))
    for row, (mean, sd) in zip(scores, PUBLISHED.values(), strict=True):
        assert agree(row, mean, sd / math.sqrt(PUBLISHED_EPISODES))
    # The published means are taken as independent: the smallest error they can have,
    # unless episodes with a high return for one weight have a low one for another.
    sds = [sd for _, sd in PUBLISHED.values()]
    error = math.hypot(*sds) / len(sds) / math.sqrt(PUBLISHED_EPISODES)
    assert agree(scores.mean(axis=0), 610.8, error)


def test_tuned_swing_champion_scores_as_published(swing: Path, zoo: Path) -> None:
    tuned = zoo / "cartpole_swingup.wann.json"
    network = read_published(swing, 5, 1, tuned, -1.5, SPEC)
    assert (network.shared_weight, len(network.weights or ())) == (1.0, 52)
    assert network.provenance["weights_file"] == tuned.name
    assert network.provenance["weights_bias"] == -1.5
    assert from_json(to_json(network)) == network
    # One episode in 60 fails to swing up, as in float64; none of the published 100 fails.
    assert agree(returns(network, (1.0,))[0], 932.0, 6.3 / math.sqrt(PUBLISHED_EPISODES))


def test_tuned_weights_of_the_biped(swing: Path, zoo: Path) -> None:
    path = zoo / "biped.wann.json"
    network = read_published(swing.with_name("biped.out"), 24, 4, path, -1.87)
    vector = json.loads(path.read_text())[0]
    assert sorted(network.weights or ()) == sorted(float32(x - 1.87) for x in vector)


def written(cells: Matrix, ids: list[int]) -> str:
    """Return a .out file with three significant digits, as the published code prints it."""
    rows = np.column_stack([cells, ids]).tolist()
    return "".join(",".join(f"{cell:.2e}" for cell in row) + "\n" for row in rows)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Matrix, list[int], int, int]:
    """Draw the cells and ids of a published network, and its numbers of inputs and outputs."""
    inputs, hidden, outputs = (
        draw(st.integers(1, 4)),
        draw(st.integers(0, 5)),
        draw(st.integers(1, 3)),
    )
    size = 1 + inputs + hidden + outputs
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    cells = rng.choice([0, 0, 0, np.nan, 1, -2.5], size=(size, size)) * np.triu(
        np.ones((size,) * 2), 1
    )
    cells[np.tril_indices(size)] = 0
    cells[:, : 1 + inputs] = 0
    cells[size - outputs :] = 0
    # In the published code a hidden node splits a connection: each has a gene on both sides.
    cells[0, 1 + inputs] = cells[size - outputs - 1, -1] = np.nan
    return cells, rng.integers(1, 11, size).tolist(), inputs, outputs


@given(tables(), st.floats(-2, 2))
def test_any_table(
    tmp_path_factory: pytest.TempPathFactory,
    table: tuple[Matrix, list[int], int, int],
    bias: float,
) -> None:
    """Cells become edges and ids activations; tuned weights follow the rows."""
    cells, ids, inputs, outputs = table
    place = tmp_path_factory.getbasetemp()
    (place / "any.out").write_text(written(cells, ids))
    expected: dict[tuple[int, int], float] = {}
    for source in range(len(cells)):
        for target in range(len(cells)):
            if cells[source, target] in (1, -2.5):
                expected[source, target] = 0.1 * len(expected) - 1
    (place / "any.json").write_text(json.dumps([list(expected.values()), 932]))
    network = read_published(place / "any.out", inputs, outputs, place / "any.json", bias)
    assert network.activations == tuple(PUBLISHED_ACTIVATIONS[i - 1] for i in ids[1 + inputs :])
    weights = dict(zip(network.edges, network.weights or (), strict=True))
    assert weights == {edge: float32(value + bias) for edge, value in expected.items()}
    assert read_published(place / "any.out", inputs, outputs).weights is None


# Nodes: bias, two inputs, a hidden node, an output.
SMALL = np.zeros((5, 5))
SMALL[1, 3] = SMALL[2, 3] = SMALL[3, 4] = 1.0
TEXT = written(SMALL, [1, 1, 1, 5, 1])


def refusal(path: Path, *, inputs: int = 2, outputs: int = 1, weights: Path | None = None) -> str:
    with pytest.raises(NetworkError) as caught:
        read_published(path, inputs, outputs, weights)
    line = str(caught.value)
    assert line.isprintable()
    return line.removeprefix(f"{weights or path}: ")


@pytest.mark.parametrize(
    "text",
    [
        TEXT + "\n",
        TEXT + " \r\n\n",
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\n", "\r"),
        "\ufeff" + TEXT,
    ],
    ids=["blank line", "blank lines", "Windows", "Macintosh", "byte order mark"],
)
def test_line_ends_and_byte_order_marks_are_skipped(text: str, tmp_path: Path) -> None:
    plain, other = tmp_path / "a" / "net.out", tmp_path / "b" / "net.out"
    for path, content in ((plain, TEXT), (other, text)):
        path.parent.mkdir()
        path.write_bytes(content.encode())
    assert read_published(other, 2, 1) == read_published(plain, 2, 1)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "last line: the file is cut short"),
        (TEXT.replace("\n", ",0\n", 1), "row 1: 7 cells instead of 6"),
        (TEXT[:-2], "last line: the file is cut short"),
        (TEXT.replace(",5.00e+00", ""), "row 4: 5 cells instead of 6"),
        (TEXT.replace("\n", "\n\n", 1), "row 1: 6 cells instead of 7"),
        (TEXT.replace("5.00e+00", "5_0"), "row 4: could not convert string to float: '5_0'"),
        (TEXT.replace("5.00e+00", "\u0665"), "row 4: could not convert string to float"),
        (TEXT.replace("5.00e+00", "x" * 999), "row 4: could not convert string to float: 'xxx"),
        (TEXT.replace("5.00e+00", "1.10e+01"), "row 4: unknown activation id 11"),
        (TEXT.replace("5.00e+00", "5.50e+00"), "row 4: unknown activation id 5.5"),
        (TEXT.replace("5.00e+00", "nan"), "row 4: unknown activation id nan"),
        (TEXT.replace("0.00e+00", "inf", 1), "row 1, column 1: a weight is infinite"),
        (TEXT.replace("0.00e+00", "nan", 1), "row 1, column 1: a connection leads back"),
        (written(SMALL.T, [1] * 5), "row 4, column 2: a connection leads back"),
    ],
)
def test_text_that_is_refused(text: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "net.out").write_text(text)
    found = refusal(tmp_path / "net.out")
    assert found.startswith(line)
    assert len(found) < 300


@pytest.mark.parametrize(("inputs", "outputs"), [(1, 1), (3, 1), (2, 2), (2, 0), (-1, 3), (6, 1)])
def test_wrong_numbers_of_channels(inputs: int, outputs: int, tmp_path: Path) -> None:
    (tmp_path / "net.out").write_text(TEXT)
    line = refusal(tmp_path / "net.out", inputs=inputs, outputs=outputs)
    assert line.startswith(
        f"connections: the file has 2 inputs and 1 outputs, not {inputs} and {outputs}"
    )
    assert line.endswith("; use --inputs 2 --outputs 1")


def test_a_task_that_does_not_fit(tmp_path: Path) -> None:
    (tmp_path / "net.out").write_text(TEXT)
    with pytest.raises(
        NetworkError, match="task 'swingup': the task has 5 inputs and 1 outputs, not 2"
    ):
        read_published(tmp_path / "net.out", 2, 1, task=SPEC)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[[1, 2, 3", "line 1 column 10: not JSON"),
        (
            "{}",
            "document: not a file of tuned weights; choose a file of the form [[weight, ...",
        ),
        ("[]", "document: not a file of tuned weights"),
        ("[1, 2, 3]", "document: not a file of tuned weights"),
        ('[[1, 2, "3"], 0]', "document: not a file of tuned weights"),
        ("[[1, 2, true], 0]", "document: not a file of tuned weights"),
        ("[[1, 2], 0]", "weights: 2 weights for 3 connections"),
        ("[[1, 2, NaN], 0]", "weight 3: the weight is not a finite float32"),
        ("[[1, 1e39, 3], 0]", "weight 2: the weight is not a finite float32"),
        (f"[[1{'0' * 400}, 2, 3], 0]", "weight 1: the weight is not a finite float32"),
    ],
)
def test_weights_that_are_refused(text: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "net.out").write_text(TEXT)
    (tmp_path / "zoo.json").write_text(text)
    assert refusal(tmp_path / "net.out", weights=tmp_path / "zoo.json").startswith(line)


def test_a_bias_beyond_float32(tmp_path: Path) -> None:
    (tmp_path / "net.out").write_text(TEXT)
    (tmp_path / "zoo.json").write_text("[[3e38, 1, 1], 0]")
    with pytest.raises(NetworkError, match="weight 1: the weight is not a finite float32"):
        read_published(tmp_path / "net.out", 2, 1, tmp_path / "zoo.json", 3e38)


def test_missing_files(tmp_path: Path) -> None:
    assert refusal(tmp_path / "net.out").startswith("can't read: No such file")
    (tmp_path / "net.out").write_text(TEXT)
    found = refusal(tmp_path / "net.out", weights=tmp_path / "zoo.json")
    assert found.startswith("can't read: No such file")
