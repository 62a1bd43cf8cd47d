"""The survey: links that work once, answers without names, and no group under five."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.discovery.model import Finding
from clickup_mlops.features.discovery.operations.reading import finding_types
from clickup_mlops.features.discovery.privacy import find_shown
from clickup_mlops.features.discovery.survey import links
from clickup_mlops.features.discovery.survey.evaluate import (
    build_section,
    evaluate,
    put_confirmed_first,
)
from clickup_mlops.features.discovery.survey.load import load_questionnaires
from clickup_mlops.features.discovery.tables.survey import Surveys
from clickup_mlops.features.discovery.web.form import create
from clickup_mlops.ports.sections.statistics import Estimate
from clickup_mlops.store import Store
from tests.interfaces.cli.conftest import Cli, cli, connected

__all__ = ["cli", "connected"]
NOW = 1_700_000_000_000
ROLES = load_questionnaires()


@pytest.fixture
def form(store: Store) -> Iterator[FlaskClient]:
    with create(store, ROLES, lambda: NOW).test_client() as client:
        yield client


def test_a_link_can_be_opened_often_and_answered_once(store: Store, form: FlaskClient) -> None:
    """Opening it, as previews of messengers do, does not use it up."""
    (token,) = links.invite(store, "mlops", 1, NOW + 1)
    pages = [*(form.get(f"/{token}") for _ in range(3)), form.head(f"/{token}")]
    first = form.post(f"/{token}", data={"review_queue": "4", "lost_hours": ""})
    second = form.post(f"/{token}", data={"review_queue": "1"})

    assert {page.status_code for page in pages} == {200}
    assert "Roll-outs wait for approval." in pages[0].text
    assert (first.status_code, second.status_code) == (200, 410)
    assert [*store.table(Surveys).answers()["mlops"].values()] == [{"review_queue": 4}]
    assert form.get(f"/{token}").status_code == 410


def test_links_that_expired_or_never_were_are_refused(store: Store, form: FlaskClient) -> None:
    (token,) = links.invite(store, "mlops", 1, NOW)

    assert "has expired" in form.get(f"/{token}").text
    assert form.post("/unknown", data={"review_queue": "4"}).status_code == 404
    assert store.table(Surveys).answers() == {}


@pytest.mark.parametrize(
    "data",
    [{"review_queue": "9"}, {"review_queue": "<script>"}, {"other": "1"}, {}, {"lost_hours": "²"}],
)
def test_an_answer_that_cannot_be_used_uses_no_link(
    data: Mapping[str, str], store: Store, form: FlaskClient
) -> None:
    """The form says what to change, and shows nothing of what was sent as markup."""
    (token,) = links.invite(store, "mlops", 1, NOW + 1)
    answer = form.post(f"/{token}", data=data)

    assert answer.status_code == 400 and "<script>" not in answer.text
    assert form.get(f"/{token}").status_code == 200


def test_pages_of_the_form_are_not_kept_and_tell_no_address(form: FlaskClient) -> None:
    headers = form.get("/unknown").headers

    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_nothing_leads_from_a_link_to_its_answers(store: Store) -> None:
    """Neither token nor time is kept with them, and their order is random."""
    tokens = links.invite(store, "mlops", 9, NOW + 1)
    for number, token in enumerate(tokens):
        link = links.find(store, token)
        assert link and store.table(Surveys).answer(link, {"lost_hours": number})
    by_id = store.table(Surveys).answers()["mlops"]
    values = [answers["lost_hours"] for answers in by_id.values()]

    assert sorted(values) == [*range(9)]
    assert values != [*range(9)]


def answers(count: int, value: int = 5) -> dict[str, dict[str, int]]:
    return {f"{n:03}": {"review_queue": value, "lost_hours": 8} for n in range(count)}


def test_small_roles_are_left_out_and_so_is_one_that_would_reveal_them() -> None:
    survey = evaluate({"mlops": answers(6), "data_science": answers(3)}, ROLES)
    both = evaluate({"mlops": answers(6), "data_science": answers(5)}, ROLES)

    assert (survey.results, survey.hidden) == ((), 2)
    assert {result.role for result in both.results} == {"mlops", "data_science"}


def test_a_question_that_few_left_out_is_not_shown() -> None:
    """Six answered one and seven the other: the difference would be one person."""
    survey = evaluate({"mlops": answers(6) | {"left out": {"review_queue": 1}}}, ROLES)

    assert {result.key for result in survey.results} == {"review_queue"}


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 12), max_size=6))
def test_what_is_left_out_is_nobody_or_five(sizes: dict[str, int]) -> None:
    """However the groups are, no shown one is small, and neither is the rest of the sum."""
    visible = find_shown(sizes)
    hidden_size = sum(size for name, size in sizes.items() if name not in visible)

    assert all(sizes[name] >= 5 for name in visible)
    assert hidden_size == 0 or hidden_size >= 5 or not visible


def finding(kind: str) -> Finding:
    return Finding("Serving", Estimate(1, 1, 1), "%", 20, "says", kind=kind)


def test_where_both_agree_comes_first() -> None:
    survey = evaluate({"mlops": answers(6)}, ROLES)
    ordered = put_confirmed_first([finding("reopened"), finding("waiting_stage")], survey)
    text = str(build_section(survey, ordered))

    assert [finding.kind for finding in ordered] == ["waiting_stage", "reopened"]
    assert "the same" in text


def test_questions_confirm_findings_that_exist() -> None:
    kinds = finding_types().keys()
    confirmed = {
        kind
        for questionnaire in ROLES.values()
        for question in questionnaire.questions.values()
        for kind in question.confirms
    }
    assert confirmed <= kinds
    assert kinds - confirmed == set()


def test_files_are_added_and_a_bad_one_does_not_stop_the_rest(
    connected: Cli, tmp_path: Path
) -> None:
    (tmp_path / "good.toml").write_text('role = "mlops"\n' + 5 * "[[answers]]\nreview_queue = 4\n")
    (tmp_path / "bad.toml").write_text('role = "mlops"\n[[answers]]\nreview_queu = 4\n')
    added = connected("discover", "survey", "add", "bad.toml", "good.toml")
    visible = connected("discover", "survey", "results")

    assert added.code == 1
    assert 'answers.1: "review_queu" is no question' in added.err
    assert "5 people of mlops" in added.out
    assert re.search(r"mlops +Roll-outs wait for approval\. +5 ", visible.out)


def test_links_need_a_form_that_is_served(connected: Cli) -> None:
    refused = connected("discover", "survey", "invite", "mlops", "2")
    with Path("config.toml").open("a") as config:
        config.write('[survey]\nenabled = true\npublic_url = "https://bot.test/"\n')
    invited = connected("discover", "survey", "invite", "mlops", "2")

    assert refused.code == 1 and "[survey]" in refused.err
    urls = invited.out.split()
    assert len(urls) == 2
    assert all(re.fullmatch(r"https://bot\.test/survey/[\w-]{43}", url) for url in urls)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=40), st.data())
def test_no_difference_of_two_results_reveals_an_answer(
    values: list[int], data: st.DataObject
) -> None:
    """Answers come one by one, and somebody looks after each, or now and then: what changes between
    two looks is made of five new answers or more.
    """
    published: dict[tuple[str, str], frozenset[str]] = {}
    people: dict[str, dict[str, int]] = {}
    for number, value in enumerate(values):
        name = f"{data.draw(st.integers(0, 9_999))}-{number}"
        people[name] = {"review_queue": value} | (
            {"lost_hours": value} if data.draw(st.booleans()) else {}
        )
        for result in evaluate({"mlops": people}, ROLES, published).results:
            before = published.get((result.role, result.key), frozenset())
            assert before <= result.ids and len(result.ids - before) not in range(1, 5)
            published[result.role, result.key] = result.ids


def test_the_sixth_answer_changes_nothing_until_the_tenth(connected: Cli, tmp_path: Path) -> None:
    """On the command line, where results are noted as published."""

    def show(name: str, *given_answers: int) -> str:
        rows = [f"[[answers]]\nreview_queue = {value}\n" for value in given_answers]
        (tmp_path / name).write_text('role = "mlops"\n' + "".join(rows))
        connected("discover", "survey", "add", name)
        return connected("discover", "survey", "results").out

    five = show("a.toml", 1, 1, 1, 5, 5)
    assert show("b.toml", 5) == five
    assert show("c.toml", 5, 5, 4) == five
    assert re.search(r"approval\. +10 ", show("d.toml", 4))


def test_the_same_file_twice_counts_once(connected: Cli, tmp_path: Path) -> None:
    """Also in another order; two people who say the same are two."""
    for name, values in (("a.toml", (4, 4, 3, 2, 1)), ("b.toml", (1, 4, 2, 4, 3))):
        rows = [f"[[answers]]\nreview_queue = {value}\n" for value in values]
        (tmp_path / name).write_text('role = "mlops"\n' + "".join(rows))
    connected("discover", "survey", "add", "a.toml")
    again = connected("discover", "survey", "add", "a.toml", "b.toml")
    assert again.out.count("added before") == 2
    assert re.search(r"approval\. +5 ", connected("discover", "survey", "results").out)
