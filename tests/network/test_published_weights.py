"""Weights of published networks: which are taken, which bias they get, what is left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from test_published import SMALL, TEXT, refusal, written

from wann_edge.errors import NetworkError
from wann_edge.network import float32
from wann_edge.network.published import import_published, read_published
from wann_edge.network.zoo_weights import BIASES

CELLS = SMALL.copy()
CELLS[1, 3], CELLS[2, 3], CELLS[0, 3] = -1.3, 0.21, np.nan


def test_the_bias_of_weights_is_known_or_asked_for(tmp_path: Path) -> None:
    """By the name of a published file; any other is never taken as 0."""
    (tmp_path / "net.out").write_text(TEXT)
    for name, bias in (*BIASES.items(), ("renamed.json", None)):
        path = tmp_path / name
        path.write_text("[[0.5, 1, 1.5], 0]")
        if bias is None:
            line = refusal(tmp_path / "net.out", weights=path)
            assert line.startswith("weights: the bias of these weights is not known; give it with")
            assert "-1.87 for biped.wann.json" in line
        else:
            network = read_published(tmp_path / "net.out", 2, 1, path)
            expected = [float32(weight + bias) for weight in (0.5, 1, 1.5)]
            assert list(network.weights or ()) == expected
            assert network.provenance["weights_bias"] == bias
        given = read_published(tmp_path / "net.out", 2, 1, path, 0.0)
        (tmp_path / "neat.out").write_text(written(0.6 * SMALL, [1, 1, 1, 5, 1]))
        (line,) = import_published(tmp_path / "neat.out", 2, 1, path, 0.0).left_out
        assert f"the network has those of {name}" in line
        assert list(given.weights or ()) == [0.5, 1, 1.5]


def test_single_weights_are_taken_or_said_to_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "net.out"
    path.write_text(written(CELLS, [1, 1, 3, 5, 1]))
    plain, kept = (import_published(path, 2, 1, keep_weights=keep) for keep in (False, True))
    assert plain.network.weights is None
    rest = ("1 disabled connections", "activations of 1 inputs (the bias counts), which the")
    assert "single weights (-1.3 to 1)" in plain.left_out[0]
    assert "--keep-weights takes them" in plain.left_out[0]
    for found in (plain.left_out[1:], kept.left_out):
        assert [one.startswith(start) for one, start in zip(found, rest, strict=True)] == [True] * 2
    weights = dict(zip(kept.network.edges, kept.network.weights or (), strict=True))
    assert weights == {(1, 3): float32(-1.3), (2, 3): float32(0.21), (3, 4): 1.0}
    assert kept.network.shared_weight == 1.0


def test_nothing_is_left_out_of_a_network_with_a_shared_weight(tmp_path: Path) -> None:
    """A control. One weight that is not 1 counts, also where it is the only one."""
    path = tmp_path / "net.out"
    path.write_text(TEXT)
    assert import_published(path, 2, 1).left_out == ()
    path.write_text(written(0.6 * SMALL, [1, 1, 1, 5, 1]))
    assert "single weights (0.6 to 0.6)" in import_published(path, 2, 1).left_out[0]


def test_weights_of_two_files_and_a_bias_without_weights(tmp_path: Path) -> None:
    path = tmp_path / "net.out"
    path.write_text(TEXT)
    with pytest.raises(NetworkError, match="--keep-weights: the weights can't come from two"):
        import_published(path, 2, 1, path, 0.0, keep_weights=True)
    with pytest.raises(NetworkError, match="--bias: there are no tuned weights"):
        import_published(path, 2, 1, bias=1.0)
    path.write_text(written(SMALL * 1e39, [1, 1, 1, 5, 1]))
    with pytest.raises(NetworkError, match="weight 1: the weight is not a finite float32"):
        import_published(path, 2, 1, keep_weights=True)
