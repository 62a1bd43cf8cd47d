"""Who made the tables of a database, and what to do if this version cannot use them. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from clickup_mlops.errors import ConfigError
from clickup_mlops.store.migrations import releases

_NUMBERED: Final = re.compile(r"(\d{4})_([a-z0-9_]+)")
STORE: Final = "0001_store"
"""The store's first revision."""
_UPGRADE: Final = "See `clickup-mlops help upgrade`."


def usable(
    source: str,
    revisions: Sequence[str],
    tables: Collection[str],
    *,
    heads: Collection[str],
    known_revisions: Collection[str],
    table_names: Collection[str],
) -> Sequence[str]:
    """The revisions of tables that this version can use or upgrade; none: the bot made none yet.

    `source` names the database or file. `revisions`: what `alembic_version` holds; `tables`: the
    names of all tables. `known_revisions` are those of this version, `heads` the newest of them,
    `table_names` its tables.

    Raises:
        ConfigError: a newer version, a development version or another program made the tables, or
            they are damaged.
    """
    present = sorted(set(table_names) & set(tables))
    if not revisions and not present:
        return ()
    if not revisions:
        raise _damaged(source, "alembic_version names no revision")
    if not present:
        raise _foreign(source, revisions[0])
    for revision in sorted(set(revisions) - set(known_revisions)):
        raise _unknown(source, revision, newest(heads))
    missing = sorted(set(table_names) - set(tables)) if set(revisions) == set(heads) else ()
    if missing:
        raise _damaged(source, f"without the table {', '.join(missing)}")
    return sorted(revisions)


def newest(revisions: Iterable[str]) -> str:
    """The one with the greatest number; of several, the store's."""
    return max(revisions, key=lambda revision: (revision[:4], revision == STORE, revision))


def _unknown(source: str, revision: str, head: str) -> ConfigError:
    numbered = _NUMBERED.fullmatch(revision)
    if numbered is None:
        return _damaged(source, f'"{revision}" is no revision of clickup-mlops')
    if revision in releases.WITHDRAWN:
        return _unreleased(source, revision)
    if numbered[1] == STORE[:4]:
        return _not_installed(source, numbered[2])
    if numbered[1] <= head[:4]:
        return _unreleased(source, revision)
    return ConfigError(
        f"{source} is at revision {revision}; this version knows those up to {head}: "
        "a newer clickup-mlops made the tables",
        hint="Install that version or a later one. To go back, restore a backup of this version "
        f"into an empty database. {_UPGRADE}",
    )


def _unreleased(source: str, revision: str) -> ConfigError:
    first = releases.versions()[0]
    return ConfigError(
        f"{source} is at revision {revision}, of a development version before {first}: "
        "such tables cannot be upgraded",
        hint="Export what you want to keep with the version that made them (`audit export`, "
        "`corrections export`, `provision export`). Then name another database in store.url and "
        f"start `clickup-mlops serve`, which makes new tables. {_UPGRADE}",
    )


def _not_installed(source: str, feature: str) -> ConfigError:
    return ConfigError(
        f"{source} has tables of the feature `{feature}`, which is not installed",
        hint="Install it, or name another database in store.url.",
    )


def _foreign(source: str, revision: str) -> ConfigError:
    return ConfigError(
        f"{source} belongs to another program: its alembic_version names revision {revision}, "
        "and no table of the bot is in it",
        hint="Name a database of the bot's own in store.url.",
    )


def _damaged(source: str, damage: str) -> ConfigError:
    return ConfigError(
        f"{source} is damaged or was changed by hand: {damage}",
        hint="Restore the latest backup into an empty database: `clickup-mlops restore FILE`.",
    )
