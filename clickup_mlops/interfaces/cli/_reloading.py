"""`serve` follows its files: what changed is checked, then the process starts anew with it.

The same process runs the program again (`exec`) on the same listening socket, so that systemd, a
container and ClickUp notice nothing; events that come meanwhile wait for the second that it takes.
What cannot be used is not: the old settings stay, and `/readyz` says why.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from clickup_mlops import logs
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.interfaces.web import inherited, server

if TYPE_CHECKING:
    from clickup_mlops.automations.choices import AutomationChoice
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.bot.settings import Settings

LOOK_EVERY_S: Final = 2.0
_log = logs.get()


class Reloading:
    """`follow` begins to look; `start_anew` after the server has stopped."""

    def __init__(self, settings: "Settings", file: Path | None) -> None:
        self._settings, self._file = settings, file
        self._loaded, self._last = self._contents(), self._fingerprint()
        self._is_changing, self._is_due = False, False
        self._variables: dict[str, str] = {}
        self._choices: Mapping[str, AutomationChoice] | None = None

    def follow(self, bot: "Bot", stop: Callable[[], object] | None = None) -> None:
        """In a thread. `stop` ends the server; by default as a signal does."""
        self._is_chosen_anew(bot)  # what the bot begins with: later choices differ from it
        thread = threading.Thread(target=self._follow, args=(bot, stop or _stop), daemon=True)
        if os.name == "posix":  # elsewhere a program cannot take the place of another one
            thread.start()

    def _follow(self, bot: "Bot", stop: Callable[[], object]) -> None:
        while not bot.core.stopping.wait(LOOK_EVERY_S):
            if self.look(bot) or self._is_chosen_anew(bot):
                _log.info("files_changed", hint="The bot starts anew with them.")
                self._variables = dict(inherited.keep())
                self._is_due = True
                stop()
                return

    def _is_chosen_anew(self, bot: "Bot") -> bool:
        """Whether somebody has chosen something about automations since the bot has begun."""
        try:
            choices = bot.core.extensions.automation_choices()
        except ClickUpMlopsError:
            return False  # the store is away
        if self._choices is None:
            self._choices = choices
        # With files that are not usable, or just being written, the bot could not start.
        is_usable = not self._is_changing and not bot.core.readiness.refused_files
        return is_usable and choices != self._choices

    def look(self, bot: "Bot") -> bool:
        """Whether the files have changed, are left alone for a moment, and can be used."""
        from clickup_mlops.operations import reloading

        current = self._fingerprint()
        if current != self._last:
            self._last, self._is_changing = current, True
            return False
        if not self._is_changing:
            return False
        self._is_changing = False
        try:
            reloading.check(self._settings, self._file)
        except ClickUpMlopsError as problem:
            _refuse(bot, problem)
            return False
        bot.core.readiness.refused_files = ""
        return self._contents() != self._loaded

    def _fingerprint(self) -> object:
        from clickup_mlops.operations import reloading

        return reloading.read_fingerprint(self._settings, self._file)

    def _contents(self) -> object:
        from clickup_mlops.operations import reloading

        return reloading.read_contents(self._settings, self._file)

    def start_anew(self) -> None:
        """Run the program again in this process, if the files have changed and nobody wants it to
        end. Else nothing.
        """
        if not self._is_due or server.was_stopped_again():
            return
        sys.stdout.flush()
        sys.stderr.flush()
        # The same interpreter and arguments; with `python -m` as well as by the installed script.
        os.execve(sys.executable, sys.orig_argv, {**os.environ, **self._variables})  # noqa: S606


def _refuse(bot: "Bot", problem: ClickUpMlopsError) -> None:
    text = logs.redactor.text(f"{problem} {problem.hint}".strip())
    bot.core.readiness.refused_files = f"changed files are not used: {text}"
    _log.error("changed_files_refused", problem=text)


def _stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
