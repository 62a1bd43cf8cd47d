"""The form behind a link: shown as often as it is opened, answered once."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from clickup_mlops import logs
from clickup_mlops.features.discovery.survey import links
from clickup_mlops.features.discovery.survey.load import find_problems
from clickup_mlops.features.discovery.survey.model import Questionnaire
from clickup_mlops.features.discovery.tables.survey import Link, Surveys
from clickup_mlops.store import Store

_SCALE: Final = ("not at all", "rather not", "partly", "rather", "fully")
_MOST_BYTES: Final = 16_384
_STYLE: Final = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 40rem; padding: 1rem; }
fieldset { border: 1px solid #8886; border-radius: .4rem; margin: 1rem 0; }
label { display: inline-block; margin-right: 1rem; }
button { font: inherit; padding: .4rem 1.2rem; }
"""
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the token is in the address
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
_log = logs.get()


class SurveyApp(Flask):
    """Flask without addresses in its log: a token is in them."""

    def log_exception(self, exc_info: Any) -> None:
        """Without the address."""
        _log.error("survey_failed", endpoint=request.endpoint, exc_info=exc_info)


def create(
    store: Store, questionnaires: Mapping[str, Questionnaire], now_ms: Callable[[], int]
) -> Flask:
    """The app."""
    app = SurveyApp("clickup_mlops.features.discovery.web")
    app.config.update(
        MAX_CONTENT_LENGTH=_MOST_BYTES, MAX_FORM_MEMORY_SIZE=_MOST_BYTES, MAX_FORM_PARTS=200
    )

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    @app.errorhandler(HTTPException)
    def explain(problem: HTTPException) -> Response:
        status = HTTPStatus(problem.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        return _page(status.phrase, status=status)

    @app.get("/style.css")
    def style() -> Response:
        return Response(_STYLE, mimetype="text/css")

    @app.route("/<token>", methods=["GET", "POST"])
    def form(token: str) -> Response:
        link = links.find(store, token)
        if (refusal := _refuse(link, questionnaires, now_ms())) is not None or link is None:
            return refusal or _page("Unknown link", status=HTTPStatus.NOT_FOUND)
        if request.method != "POST":  # HEAD, too, as previews send
            return _page("How do you work?", questionnaire=questionnaires[link.role])
        return _answer(store, link, questionnaires[link.role])

    return app


def _refuse(
    link: Link | None, questionnaires: Mapping[str, Questionnaire], now_ms: int
) -> Response | None:
    """Why a link does not work; None: it does."""
    if link is None or link.role not in questionnaires:
        text = "Ask whoever sent it for a new one."
        return _page("This link is unknown", text, status=HTTPStatus.NOT_FOUND)
    if link.is_used:
        text = "Each link works once: whoever used it first has answered."
        return _page("This link was used", text, status=HTTPStatus.GONE)
    if now_ms >= link.expires_ms:
        text = "Ask whoever sent it for a new one."
        return _page("This link has expired", text, status=HTTPStatus.GONE)
    return None


def _answer(store: Store, link: Link, questionnaire: Questionnaire) -> Response:
    filled_fields = {key: value for key, value in request.form.items() if value.strip()}
    if not all(
        value.isascii() and value.isdecimal() and len(value) < 6 for value in filled_fields.values()
    ):
        return _again(questionnaire, "An answer is no whole number.")
    answers = {key: int(value) for key, value in filled_fields.items()}
    if problem := next(iter(find_problems(questionnaire.questions, answers)), ""):
        return _again(questionnaire, f"Please change it: {problem}.")
    if not answers:
        return _again(questionnaire, "Nothing was answered yet.")
    if not store.table(Surveys).answer(link, answers):
        return _page("This link was used", status=HTTPStatus.GONE)
    return _page("Thank you", "Your answers were kept, without your name. This link is used now.")


def _again(questionnaire: Questionnaire, text: str) -> Response:
    status = HTTPStatus.BAD_REQUEST
    return _page("How do you work?", text, status=status, questionnaire=questionnaire)


def _page(
    title: str,
    text: str = "",
    *,
    status: HTTPStatus = HTTPStatus.OK,
    questionnaire: Questionnaire | None = None,
) -> Response:
    page = render_template(
        "survey.html", title=title, text=text, questionnaire=questionnaire, scale=_SCALE
    )
    return Response(page, status)
