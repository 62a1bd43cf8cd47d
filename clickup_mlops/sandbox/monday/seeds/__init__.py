"""Accounts to begin with."""

from clickup_mlops.errors import ConfigError
from clickup_mlops.sandbox.monday.control import Control
from clickup_mlops.sandbox.monday.seeds import ai_ml

SEEDS = {"ai_ml": ai_ml.plant}


def plant(control: Control, seed: str | None) -> None:
    """Fill the account. Raises ConfigError: no such seed."""
    if seed is None:
        control.add_user("Ada Admin", "ada@inference-lab.example")
        control.add_workspace("Main workspace", main=True)
        return
    if seed not in SEEDS:
        raise ConfigError(f"unknown seed {seed!r}", hint=f"Known: {', '.join(SEEDS)}.")
    SEEDS[seed](control)
