"""`network balance` refuses what cannot be, before it simulates or asks for a database."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.interfaces.cli.conftest import Cli, cli, connected

__all__ = ["cli", "connected"]

ROOT = Path(__file__).parents[4]


def test_a_choice_that_does_not_exist_is_refused_at_once(connected: Cli) -> None:
    """Before anything is read: the choices are named."""
    refused = connected("network", "balance", "--record", "sprayin")
    assert refused.code == 1
    assert "sprayin: no such choice" in refused.err and "spraying" in refused.err


def test_so_few_seeds_that_margins_would_be_wrong_are_refused(connected: Cli) -> None:
    """By the command, and by the benchmark instead of a traceback."""
    refused = connected("network", "balance", "--seeds", "29")
    assert refused.code == 1 and "30<=x<=1000" in refused.err
    program = ROOT / "benchmarks" / "balance_truth.py"
    ended = subprocess.run(
        [sys.executable, str(program), "pfc", "--seeds", "1"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 2 and "--seeds 1: at least 2" in ended.stderr


@pytest.mark.parametrize("arguments", [("balance",), ("findings",)])
def test_a_missing_topology_is_named_before_a_missing_database(
    connected: Cli, arguments: tuple[str, ...]
) -> None:
    """Who has neither learns what to do first."""
    refused = connected("network", *arguments)
    assert "no [[network.topology]] is configured" in refused.err
    assert "clickup-mlops help topology" in refused.err
