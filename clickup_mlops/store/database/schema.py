"""The schema that every table is part of: one for SQLite and PostgreSQL.

All times are Unix milliseconds. JSON bodies are kept as the bytes that came in, so that what was
signed is what is stored.
"""

from typing import Final

from sqlalchemy import BigInteger, Index, Integer, MetaData, Text, text

# Named constraints are what lets a later migration drop one on both databases.
NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata: Final = MetaData(naming_convention=NAMING)

# SQLite only numbers rows by itself when the key is exactly INTEGER.
BigId: Final = BigInteger().with_variant(Integer(), "sqlite")

# Compared byte by byte, so that an index finds what begins alike, whatever the language.
Key: Final = Text().with_variant(Text(collation="C"), "postgresql")


def partial(name: str, *columns: str, where: str) -> Index:
    """An index of the rows that meet a condition: small, and others cost it nothing.

    SQLite uses it only for queries with the same condition, constants written out. PostgreSQL's
    condition stands in the migration: here its dialect would be loaded for one word (3 MiB).
    """
    return Index(name, *columns, sqlite_where=text(where))
