"""The store on both databases, for the tests of the incidents' tables."""

from tests.store.conftest import postgresql_url, sqlite_url, store, store_url

__all__ = ["postgresql_url", "sqlite_url", "store", "store_url"]
