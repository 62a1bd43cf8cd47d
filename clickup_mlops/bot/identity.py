"""Who the bot is in ClickUp: its user and its Workspace. Asked once for each token, and remembered.

Afterwards the bot also starts while ClickUp is away.
"""

import hashlib
from collections.abc import Callable

from clickup_mlops.clickup.client.resources.authorization import Authorization
from clickup_mlops.errors import ConfigError
from clickup_mlops.store.tables.cursors import Cursors

_WORKSPACE, _USER = "workspace", "user"


class Identity:
    """`authorization` is only called to ask; `given` is the configured Workspace, if any."""

    def __init__(
        self,
        authorization: Callable[[], Authorization],
        cursors: Callable[[], Cursors],
        *,
        token: str,
        workspace_id: str,
    ) -> None:
        self._authorization, self._cursors, self._given = authorization, cursors, workspace_id
        self._hash = hashlib.sha256(token.encode()).hexdigest()[:16]
        # No lock: two threads that ask at the same time get the same answer.
        self._known: dict[str, str] = {}

    @property
    def workspace_id(self) -> str:
        """The configured Workspace, or the only one that the token sees.

        Raises:
            ConfigError: the token sees none, or several.
        """
        return self._given or self._remembered(_WORKSPACE, self._only_workspace)

    @property
    def user_id(self) -> int:
        """The user that the token belongs to."""
        return int(self._remembered(_USER, lambda: str(self._authorization().user().id)))

    def is_known(self) -> bool:
        """Whether both are known without asking ClickUp."""
        names = (_USER,) if self._given else (_USER, _WORKSPACE)
        return all(self._cursors().get(self._key(name)) is not None for name in names)

    def _only_workspace(self) -> str:
        workspaces = self._authorization().workspaces()
        if len(workspaces) != 1:
            names = (
                ", ".join(f"{workspace.name} ({workspace.id})" for workspace in workspaces)
                or "none"
            )
            raise ConfigError(
                f"clickup.workspace_id: the token sees {names}", hint="Set it to one of these ids."
            )
        return workspaces[0].id

    def _remembered(self, name: str, ask: Callable[[], str]) -> str:
        if name not in self._known:
            self._known[name] = self._cached(self._key(name), ask)
        return self._known[name]

    def _cached(self, key: str, ask: Callable[[], str]) -> str:
        value = self._cursors().get(key)
        if value is None:
            value = ask()
            self._cursors().set(key, value)
        return value

    def _key(self, name: str) -> str:
        return f"{name}:{self._hash}"
