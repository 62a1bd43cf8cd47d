"""`network balance` refuses what cannot be, before it simulates or asks for a database."""

import pytest

from tests.interfaces.cli.conftest import Cli, cli, connected

__all__ = ["cli", "connected"]


def test_a_choice_that_does_not_exist_is_refused_at_once(connected: Cli) -> None:
    """Before anything is read: the choices are named."""
    refused = connected("network", "balance", "--record", "sprayin")
    assert refused.code == 1
    assert "sprayin: no such choice" in refused.err and "spraying" in refused.err


@pytest.mark.parametrize("arguments", [("balance",), ("findings",)])
def test_a_missing_topology_is_named_before_a_missing_database(
    connected: Cli, arguments: tuple[str, ...]
) -> None:
    """Who has neither learns what to do first."""
    refused = connected("network", *arguments)
    assert "no [[network.topology]] is configured" in refused.err
    assert "clickup-mlops help topology" in refused.err
