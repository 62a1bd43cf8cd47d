"""A new store on each database."""

from tests.interfaces.cli.conftest import cli as cli
from tests.interfaces.cli.conftest import connected as connected
from tests.store.conftest import postgresql_url as postgresql_url
from tests.store.conftest import sqlite_url as sqlite_url
from tests.store.conftest import store as store
from tests.store.conftest import store_url as store_url
