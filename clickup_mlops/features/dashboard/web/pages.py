"""The addresses of pages, for people who are signed in and for embedded views; and of buttons."""

from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, flash, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from clickup_mlops import logs, registry
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.features.dashboard import grants
from clickup_mlops.features.dashboard.address import dashboard_url
from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.features.dashboard.view import View
from clickup_mlops.features.dashboard.web import access, show
from clickup_mlops.features.dashboard.web.access import PageAccess
from clickup_mlops.ports.dashboard.model import ActionType, Viewer
from clickup_mlops.ports.sections.find import all_pages

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot

PEOPLE: Final = "people"
EMBEDDED: Final = "embedded"
_OWN_FIELDS: Final = ("csrf_token", "back")


def build_people_pages(bot: "Bot") -> Blueprint:
    """What people see, and the buttons that they may press."""
    people = Blueprint(PEOPLE, __name__)
    actions = registry.find_all("page_actions", "ACTION")

    @people.get("/")
    def home() -> AnyResponse:
        return redirect(f"{_current_access().base}/{next(iter(all_pages()))}")

    @people.get("/view/<path:name>")
    def saved(name: str) -> AnyResponse:
        saved_view = bot.settings.table(DashboardSettings).views.get(name)
        if saved_view is None:
            abort(404)
        view = View.saved(saved_view)
        page_access = _may_see(view.page)
        arguments = view.arguments() | request.args.to_dict()
        return show.page(bot, page_access.viewer, view.page, arguments, page_access.base)

    @people.post("/do/<name>")
    def do(name: str) -> AnyResponse:
        if name not in actions:
            abort(404)
        _press(bot, _current_access(), actions[name])
        return redirect(_back(), 303)

    @people.post("/embed")
    def embed() -> AnyResponse:
        page_access = _current_access()
        if "embed" not in page_access.viewer.may:
            abort(403)
        flash(_embed(bot, page_access.viewer, View.parse(request.form.get("view", ""))))
        return redirect(_back(), 303)

    _add_pages(people, bot)
    return people


def _embed(bot: "Bot", viewer: Viewer, view: View) -> str:
    """A link to the view that shows of it what the viewer sees."""
    settings = bot.settings.table(DashboardSettings)
    page = all_pages().get(view.page) or abort(404)
    lasts_ms = int(settings.embed_duration.total_seconds() * 1000)
    token = access.clickup_token(bot)
    creator = grants.Person(viewer.user_id, viewer.name, "viewer", clickup_token=token)
    issued = grants.embed(bot.store, str(view), creator, bot.now_ms(), lasts_ms)
    link = f"{dashboard_url(bot.settings)}/embed/{issued.token}/"
    return f"For ClickUp's Embed view, {page.type.title} as you see it: {link}"


def embedded(bot: "Bot") -> Blueprint:
    """The one view of a link, under its address."""
    routes = Blueprint(EMBEDDED, __name__, url_prefix="/embed/<token>")

    @routes.get("/")
    def view() -> AnyResponse:
        page_access = _current_access()
        page = page_access.view.page if page_access.view else ""
        page_access.must_show(page)
        return show.page(bot, page_access.viewer, page, _arguments(page_access), page_access.base)

    _add_pages(routes, bot)
    return routes


def _add_pages(where: Blueprint, bot: "Bot") -> None:
    @where.get("/<key>")
    def page(key: str) -> AnyResponse:
        page_access = _may_see(key)
        return show.page(bot, page_access.viewer, key, _arguments(page_access), page_access.base)

    @where.get("/<key>.json")
    def as_json(key: str) -> AnyResponse:
        page_access = _may_see(key)
        return show.as_json(bot, page_access.viewer, key, _arguments(page_access))

    @where.get("/<key>/section/<section>")
    def section(key: str, section: str) -> AnyResponse:
        page_access = _may_see(key, section)
        return show.section(
            bot,
            page_access.viewer,
            key,
            section=section,
            arguments=_arguments(page_access),
            base=page_access.base,
        )

    @where.get("/<key>/chart/<section>/<path:chart>.svg")
    def chart(key: str, section: str, chart: str) -> AnyResponse:
        page_access = _may_see(key, section)
        return show.chart(
            bot,
            page_access.viewer,
            key,
            section=section,
            chart=chart,
            arguments=_arguments(page_access),
        )

    @where.get("/<key>/csv/<section>/<path:name>.csv")
    def as_csv(key: str, section: str, name: str) -> AnyResponse:
        page_access = _may_see(key, section)
        return show.as_csv(
            bot,
            page_access.viewer,
            key,
            section=section,
            table_or_chart=name,
            arguments=_arguments(page_access),
        )


def _current_access() -> PageAccess:
    page_access: PageAccess = g.page_access
    return page_access


def _may_see(key: str, section: str = "") -> PageAccess:
    page_access = _current_access()
    page_access.must_show(key, section)
    return page_access


def _arguments(page_access: PageAccess) -> dict[str, str]:
    return page_access.arguments(request.args.to_dict())


# -- buttons


def _press(bot: "Bot", page_access: PageAccess, action: ActionType) -> None:
    """Do it, and keep what it says for the next page."""
    if action.needs not in page_access.viewer.may:
        abort(403)
    fields = {name: value for name, value in request.form.items() if name not in _OWN_FIELDS}
    try:
        flash(action.run(bot, page_access.viewer, fields))
    except ClickUpMlopsError as problem:
        flash(logs.redactor.text(f"{problem}. {problem.hint}".strip()), "error")


def _back() -> str:
    """To the page that the button was on, never away from here."""
    before = "/" + request.headers.get("Referer", "").partition("://")[2].partition("/")[2]
    return access.safe_path(request.form.get("back") or before, request.script_root)
