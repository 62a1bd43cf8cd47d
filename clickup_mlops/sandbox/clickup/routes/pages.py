"""The pages for people: Lists and tasks, as a chosen member. No part of ClickUp's API."""

import hmac
import secrets

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from clickup_mlops.sandbox.clickup.actor import Actor
from clickup_mlops.sandbox.clickup.edge import get_world
from clickup_mlops.sandbox.clickup.pages import content, forms
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import JsonTable, User
from clickup_mlops.sandbox.clickup.state.people import oauth
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, no_access
from clickup_mlops.sandbox.clickup.state.tasks import tasks

ROUTES = Blueprint("pages", __name__)

_COOKIE = "sandbox_member"
_FORM_TOKEN = secrets.token_urlsafe(24)
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
    " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@ROUTES.before_request
def _check_request() -> Response | None:
    if request.method == "POST" and not _from_our_page():
        return Response("This form did not come from the sandbox's own page.", 403)
    g.member = _find_member()
    return None


def _from_our_page() -> bool:
    token = request.form.get("form_token", "")
    origin = request.headers.get("Origin", request.host_url.rstrip("/"))
    good_token = hmac.compare_digest(token.encode(), _FORM_TOKEN.encode())
    return good_token and origin in (request.host_url.rstrip("/"), "null")


@ROUTES.after_request
def _add_security_headers(response: Response) -> Response:
    # The consent form leads to the app that asked, wherever that is.
    leads_away = request.path in ("/api", "/oauth/authorize")
    response.headers["Content-Security-Policy"] = (
        _POLICY if leads_away else f"{_POLICY}; form-action 'self'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


@ROUTES.errorhandler(Refusal)
def _show_refusal(no: Refusal) -> tuple[str, int]:
    return render_template("problem.html", text=no.text), 400


@ROUTES.context_processor
def _provide_context() -> JsonTable:
    return {
        "navigation": content.build_navigation(get_world()),
        "members": sorted(get_world().users, key=lambda user: user.id),
        "member": g.member,
        "form_token": _FORM_TOKEN,
        "levels": content.LEVELS,
    }


def _find_member() -> User:
    chosen = get_world().users.get(request.cookies.get(_COOKIE))
    people = sorted(get_world().users, key=lambda user: user.id)
    # The first is the bot; whoever plays the team's part starts as a person.
    return chosen or people[min(1, len(people) - 1)]


def _get_actor() -> Actor:
    return Actor(get_world(), g.member)


@ROUTES.get("/")
def redirect_home() -> AnyResponse:
    """The first List that has tasks."""
    if not len(get_world().lists):
        raise no_access("List")
    filled = {task.list_id for task in get_world().tasks} or {
        task_list.id for task_list in get_world().lists
    }
    names = {
        task_list.id: task_list.name for task_list in get_world().lists if task_list.id in filled
    }
    chosen = next((key for key, name in names.items() if name == "Triage"), min(names))
    return redirect(url_for("pages.show_list", list_id=chosen))


@ROUTES.get("/list/<list_id>")
def show_list(list_id: str) -> str:
    """A List as rows or as a board; with `live=1` only the part that changes by itself."""
    record = places.get_list(get_world(), list_id)
    template = "_live.html" if request.args.get("live") else "list.html"
    return render_template(
        template,
        here=content.build_list(get_world(), record),
        view="board" if request.args.get("view") == "board" else "rows",
        activity=content.build_activity(get_world(), list_id),
    )


@ROUTES.post("/list/<list_id>")
def create(list_id: str) -> AnyResponse:
    """Create a task from the form, then show its List again."""
    forms.create(_get_actor(), places.get_list(get_world(), list_id).id, request.form)
    view = request.form.get("view", "rows")
    return redirect(url_for("pages.show_list", list_id=list_id, view=view), 303)


@ROUTES.get("/task/<task_id>")
def show_task(task_id: str) -> str:
    """The page of a task, with the form that changes it."""
    return render_template(
        "task.html", task=content.build_task(get_world(), tasks.get(get_world(), task_id))
    )


@ROUTES.post("/task/<task_id>")
def edit(task_id: str) -> AnyResponse:
    """Apply the form of a task; only what differs from the task is written."""
    record = tasks.get(get_world(), task_id)
    forms.edit(get_world(), _get_actor(), record, request.form, request.form.getlist("assignees"))
    return redirect(url_for("pages.show_task", task_id=task_id), 303)


@ROUTES.post("/task/<task_id>/priority")
def prioritise(task_id: str) -> AnyResponse:
    """Set the flag from a row or a card."""
    record = tasks.get(get_world(), task_id)
    forms.prioritise(_get_actor(), record, request.form)
    view = request.form.get("view", "rows")
    return redirect(url_for("pages.show_list", list_id=record.list_id, view=view), 303)


@ROUTES.post("/task/<task_id>/comment")
def comment(task_id: str) -> AnyResponse:
    """Comment on a task."""
    if request.form.get("text", "").strip():
        _get_actor().comment(tasks.get(get_world(), task_id).id, request.form["text"].strip())
    return redirect(url_for("pages.show_task", task_id=task_id) + "#comments", 303)


@ROUTES.post("/member")
def choose_member() -> AnyResponse:
    """Act as somebody else from now on."""
    back = request.form.get("back", "/")
    answer = redirect(back if back.startswith("/") and not back.startswith("//") else "/", 303)
    answer.set_cookie(_COOKIE, request.form.get("member", ""), samesite="Strict", httponly=True)
    return answer


@ROUTES.get("/api")
@ROUTES.get("/oauth/authorize")
def show_consent() -> str:
    """Where a user picks the Workspaces that an app may see (app.clickup.com/api)."""
    return render_template("consent.html", asked=request.args, teams=list(get_world().teams))


@ROUTES.post("/oauth/authorize")
def grant_consent() -> AnyResponse:
    """Send the user back to the app with a code."""
    target = oauth.create_grant(
        get_world(), request.form.to_dict(), request.form.getlist("team_id")
    )
    return redirect(target, 303)
