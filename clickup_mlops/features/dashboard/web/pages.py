"""The addresses of pages, for people who are signed in and for embedded views; and of buttons."""

from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, flash, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from clickup_mlops import logs, registry
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.features.dashboard.view import View
from clickup_mlops.features.dashboard.web import access, show
from clickup_mlops.features.dashboard.web.access import Seen
from clickup_mlops.ports.dashboard.model import ActionType
from clickup_mlops.ports.sections.find import all_pages

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot

PEOPLE: Final = "people"
EMBEDDED: Final = "embedded"
_OWN_FIELDS: Final = ("csrf_token", "back")


def everything(bot: "Bot") -> Blueprint:
    """What people see, and the buttons that they may press."""
    people = Blueprint(PEOPLE, __name__)
    known = registry.find_all("page_actions", "ACTION")

    @people.get("/")
    def home() -> AnyResponse:
        return redirect(f"{_seen().base}/{next(iter(all_pages()))}")

    @people.get("/view/<path:name>")
    def saved(name: str) -> AnyResponse:
        found = bot.settings.table(DashboardSettings).views.get(name)
        if found is None:
            abort(404)
        view = View.saved(found)
        seen = _may_see(view.page)
        arguments = view.arguments() | request.args.to_dict()
        return show.page(bot, seen.viewer, view.page, arguments, seen.base)

    @people.post("/do/<name>")
    def do(name: str) -> AnyResponse:
        if name not in known:
            abort(404)
        _press(bot, _seen(), known[name])
        return redirect(_back(), 303)

    _add_pages(people, bot)
    return people


def embedded(bot: "Bot") -> Blueprint:
    """The one view of a link, under its address."""
    one = Blueprint(EMBEDDED, __name__, url_prefix="/embed/<token>")

    @one.get("/")
    def view() -> AnyResponse:
        seen = _seen()
        page = seen.view.page if seen.view else ""
        seen.must_show(page)
        return show.page(bot, seen.viewer, page, _arguments(seen), seen.base)

    _add_pages(one, bot)
    return one


def _add_pages(where: Blueprint, bot: "Bot") -> None:
    @where.get("/<key>")
    def page(key: str) -> AnyResponse:
        seen = _may_see(key)
        return show.page(bot, seen.viewer, key, _arguments(seen), seen.base)

    @where.get("/<key>.json")
    def as_json(key: str) -> AnyResponse:
        seen = _may_see(key)
        return show.as_json(bot, seen.viewer, key, _arguments(seen))

    @where.get("/<key>/section/<section>")
    def section(key: str, section: str) -> AnyResponse:
        seen = _may_see(key, section)
        return show.section(
            bot, seen.viewer, key, section=section, arguments=_arguments(seen), base=seen.base
        )

    @where.get("/<key>/chart/<section>/<path:chart>.svg")
    def chart(key: str, section: str, chart: str) -> AnyResponse:
        seen = _may_see(key, section)
        return show.chart(
            bot, seen.viewer, key, section=section, chart=chart, arguments=_arguments(seen)
        )

    @where.get("/<key>/csv/<section>/<path:name>.csv")
    def as_csv(key: str, section: str, name: str) -> AnyResponse:
        seen = _may_see(key, section)
        return show.as_csv(
            bot,
            seen.viewer,
            key,
            section=section,
            table_or_chart=name,
            arguments=_arguments(seen),
        )


def _seen() -> Seen:
    seen: Seen = g.seen
    return seen


def _may_see(key: str, section: str = "") -> Seen:
    seen = _seen()
    seen.must_show(key, section)
    return seen


def _arguments(seen: Seen) -> dict[str, str]:
    return seen.arguments(request.args.to_dict())


# -- buttons


def _press(bot: "Bot", seen: Seen, action: ActionType) -> None:
    """Do it, and keep what it says for the next page."""
    if action.needs not in seen.viewer.may:
        abort(403)
    fields = {name: value for name, value in request.form.items() if name not in _OWN_FIELDS}
    try:
        flash(action.run(bot, seen.viewer, fields))
    except ClickUpMlopsError as problem:
        flash(logs.redactor.text(f"{problem}. {problem.hint}".strip()), "error")


def _back() -> str:
    """To the page that the button was on, never away from here."""
    before = "/" + request.headers.get("Referer", "").partition("://")[2].partition("/")[2]
    return access.safe_path(request.form.get("back") or before, request.script_root)
