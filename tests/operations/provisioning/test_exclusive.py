"""Two provisioning commands at once on one store: the second is refused, and nothing is left."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning.operations.run_lock import exclusive
from clickup_mlops.store import Store
from tests.bot.conftest import postgres_url

__all__ = ["postgres_url"]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def bots(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Any]]:
    """Two bots with a store of their own on the same database."""
    postgres = request.param == "postgres"
    url = request.getfixturevalue("postgres_url") if postgres else f"sqlite:///{tmp_path}/bot.db"
    with Store(url) as first_store, Store(url) as two:
        yield [SimpleNamespace(store=store) for store in (first_store, two)]


def test_the_second_is_refused_until_the_first_has_ended(bots: list[Any]) -> None:
    """On either kind of database, also when the first one failed."""
    with pytest.raises(ZeroDivisionError), exclusive(bots[0]):
        with pytest.raises(InputError, match="another provisioning command"), exclusive(bots[1]):
            pass
        raise ZeroDivisionError
    with exclusive(bots[1]):
        pass


def test_the_next_one_is_not_refused_for_the_one_that_has_just_ended(bots: list[Any]) -> None:
    """However soon it comes, as in a script that applies one template after the other."""
    for number in range(300):
        with exclusive(bots[number % 2]):
            pass
