"""Values of options: times, names."""

from __future__ import annotations

import pytest

from wann_edge.cli.parsing import c_identifier, parse_duration_s
from wann_edge.errors import SettingsError


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("2h", 7200), (" 10m ", 600)]
)
def test_times(text: str, seconds: float) -> None:
    assert parse_duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "-1", "0", "1d", "1e3", "nan", "9999999999h"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(SettingsError, match="is not a time"):
        parse_duration_s(text)


@pytest.mark.parametrize(
    ("stem", "name"),
    [("policy", "policy"), ("my-net v2", "my_net_v2"), ("2fast", "policy_2fast"), ("-", "policy")],
)
def test_names_in_artefacts_are_made_from_file_names(stem: str, name: str) -> None:
    assert c_identifier(stem) == name
