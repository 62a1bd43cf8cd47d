"""Each sandbox has tokens of its own."""

from pathlib import Path

from clickup_mlops.sandbox import running
from tests.ports import reserve_port


def test_two_sandboxes_share_no_token() -> None:
    """So that a rate budget, which is known by its token, is not shared either."""
    with running() as first, running() as second:
        assert first.token != second.token
        assert first.token_of("Maria") == first.token_of("Maria") != first.token


def test_a_sandbox_keeps_its_tokens(tmp_path: Path) -> None:
    """At its place, and wherever its state goes."""
    port, file = reserve_port(), tmp_path / "state.db"
    with running(port=port, state_file=file) as first:
        token = first.token
    with running(port=port) as again:
        assert again.token == token
    with running(state_file=file) as moved:
        assert moved.token == token
