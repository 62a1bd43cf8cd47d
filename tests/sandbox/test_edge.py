"""Tokens, rate limits, and faults on request."""

import time

import pytest
import requests

MINUTE_PLANS = {"Free": 100, "Unlimited": 100, "Business": 100, "Business Plus": 1_000}
MINUTE_PLANS["Enterprise"] = 10_000


@pytest.mark.parametrize("template", ["", "Bearer {token}", "pk_wrong"])
def test_a_personal_token_goes_without_bearer(api, template):
    """Missing, with Bearer, or wrong: 401 with an OAUTH code."""
    header = template.format(token=api.token)
    answer = requests.get(f"{api.sandbox.url}/api/v2/user", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.json()["ECODE"].startswith("OAUTH_")


def test_the_oauth_flow_from_consent_to_token(api):
    """A person picks Workspaces; the code works once; the token needs Bearer."""
    page = f"{api.sandbox.url}/oauth/authorize"
    query = {"client_id": "app", "redirect_uri": "http://127.0.0.1:9/back?x=1", "state": "s"}
    html = requests.get(page, params=query).text
    token = html.split('name="form_token" value="')[1].split('"')[0]
    maria = api.sandbox.control.member("Maria").id
    form = {**query, "user_id": maria, "team_id": api.sandbox.team_id, "form_token": token}
    target = requests.post(page, data=form, allow_redirects=False).headers["Location"]
    assert target.startswith("http://127.0.0.1:9/back?x=1&code=")
    assert target.endswith("&state=s")

    code = target.split("code=")[1].split("&")[0]
    body = {"client_id": "app", "client_secret": "secret", "code": code}
    exchange = f"{api.sandbox.url}/api/v2/oauth/token"
    answer = requests.post(exchange, json=body)
    access_token = answer.json()["access_token"]
    assert requests.post(exchange, data=body).status_code == 400

    user = f"{api.sandbox.url}/api/v2/user"
    bearer = requests.get(user, headers={"Authorization": f"Bearer {access_token}"})
    assert bearer.json()["user"]["username"] == "Maria Keller"
    assert requests.get(user, headers={"Authorization": access_token}).status_code == 401


def test_a_workspace_that_is_not_yours_is_401(api):
    """OAUTH_027 for an unknown Workspace."""
    assert api.refused("GET", "/v2/team/1/space") == (401, "OAUTH_027")


@pytest.mark.parametrize("plan", MINUTE_PLANS)
def test_the_plan_sets_the_limit(plan):
    """Requests per minute and token, by plan."""
    from clickup_mlops.sandbox import running

    with running(plan=plan) as sandbox:
        headers = {"Authorization": sandbox.token}
        answer = requests.get(f"{sandbox.url}/api/v2/user", headers=headers)

    assert answer.headers["X-RateLimit-Limit"] == str(MINUTE_PLANS[plan])
    assert answer.headers["X-RateLimit-Remaining"] == str(MINUTE_PLANS[plan] - 1)
    assert 0 < int(answer.headers["X-RateLimit-Reset"]) - time.time() <= 60


@pytest.mark.clickup_sandbox(rate_limit=3, rate_window_s=1)
def test_over_the_limit_is_429_until_reset(api):
    """Remaining counts down, then APP_002, each token for itself; Reset is a Unix second."""
    codes = []
    for _ in range(5):  # A window may end in between.
        answers = [api.call("GET", "/v2/user") for _ in range(4)]
        codes = [answer.status_code for answer in answers]
        if codes == [200, 200, 200, 429]:
            break
        time.sleep(max(0, int(answers[3].headers["X-RateLimit-Reset"]) - time.time()))
    assert codes == [200, 200, 200, 429]
    assert answers[3].json() == {"err": "Rate limit reached", "ECODE": "APP_002"}
    assert answers[3].headers["X-RateLimit-Remaining"] == "0"
    headers_of_maria = {"Authorization": api.sandbox.token_of("Maria")}
    assert api.call("GET", "/v2/user", headers=headers_of_maria).status_code == 200

    time.sleep(max(0, int(answers[3].headers["X-RateLimit-Reset"]) - time.time()))
    assert api.call("GET", "/v2/user").status_code == 200


@pytest.mark.clickup_sandbox(rate_limit=2, rate_window_s=60)
def test_counts_that_are_reset_give_the_whole_limit_back(api):
    """A test that begins with `reset_counts` has all its calls."""
    assert [api.call("GET", "/v2/user").status_code for _ in range(3)] == [200, 200, 429]

    api.sandbox.control.reset_counts()

    again = api.call("GET", "/v2/user")
    assert (again.status_code, again.headers["X-RateLimit-Remaining"]) == (200, "1")


def test_a_status_fault_happens_as_often_as_asked(api, tasks_list):
    """Scoped by method and path, counted, and without effect."""
    control = api.sandbox.control
    control.faults.add(
        "status", method="POST", path="/api/v2/list/*/task", status_code=503, times=2
    )
    path = f"/v2/list/{tasks_list}/task"
    statuses = [api.call("POST", path, json={"name": "x"}).status_code for _ in range(3)]

    assert statuses == [503, 503, 200]
    assert len(control.tasks) == 1


def test_a_rate_limit_fault_names_a_reset(api):
    """429 with Remaining 0 and a Reset that is still to come."""
    api.sandbox.control.faults.add("rate_limit", wait_s=5)
    answer = api.call("GET", "/v2/user")

    assert answer.status_code == 429
    assert int(answer.headers["X-RateLimit-Reset"]) > time.time()
    assert api.call("GET", "/v2/user").status_code == 200


@pytest.mark.parametrize(("kind", "acted"), [("cut_before", 0), ("cut_after", 1), ("cut_half", 1)])
def test_a_cut_connection_gives_no_answer(api, tasks_list, kind, acted):
    """The line drops before anything happened, after everything did, or within the answer."""
    api.sandbox.control.faults.add(kind, method="POST")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        api.call("POST", f"/v2/list/{tasks_list}/task", json={"name": "x"})

    assert len(api.sandbox.control.tasks) == acted


def test_a_call_acts_although_its_caller_has_left(api, tasks_list):
    """The line drops at once; what was asked for happens later."""
    api.sandbox.control.faults.add("cut_late", method="POST", wait_s=0.3)
    began = time.monotonic()
    with pytest.raises(requests.ConnectionError):
        api.call("POST", f"/v2/list/{tasks_list}/task", json={"name": "x"})

    assert time.monotonic() - began < 0.3
    assert len(api.sandbox.control.tasks) == 0
    time.sleep(0.6)
    assert len(api.sandbox.control.tasks) == 1


def test_a_slow_answer_does_not_hold_up_others(api):
    """Only the call that was hit waits."""
    import threading

    api.sandbox.control.faults.add("slow", path="/api/v2/team", wait_s=0.6)
    url, headers = f"{api.sandbox.url}/api/v2/team", {"Authorization": api.token}
    slow = threading.Thread(target=requests.get, args=(url,), kwargs={"headers": headers})
    slow.start()
    time.sleep(0.1)
    start = time.perf_counter()
    api.get("/v2/user")

    assert time.perf_counter() - start < 0.4
    assert slow.is_alive()
    slow.join()


def test_skip_lets_the_first_ones_pass(api):
    """`skip` is for the second, third, … call."""
    api.sandbox.control.faults.add("status", skip=2)

    assert [api.call("GET", "/v2/user").status_code for _ in range(4)] == [200, 200, 500, 200]


def test_an_unknown_fault_is_refused(api):
    """The message lists the known ones."""
    with pytest.raises(ValueError, match="cut_before"):
        api.sandbox.control.faults.add("explode")


def test_duplicate_late_and_dropped_deliveries(api, hook, listening, tasks_list):
    """Each fault touches as many deliveries as asked for."""
    control = api.sandbox.control
    control.faults.add("duplicate", event="taskCreated", copies=4)
    control.faults.add("drop", event="taskStatusUpdated")
    api.post(f"/v2/list/{tasks_list}/task", {"name": "a"})
    control.deliveries.wait_idle()
    assert hook.events() == ["taskCreated"] * 5
    assert len({request.raw for request in hook.received}) == 1
    assert [delivery.outcome for delivery in control.delivery_log("taskStatusUpdated")] == ["lost"]

    hook.received.clear()
    control.faults.add("late", event="taskCreated", wait_s=0.3)
    api.post(f"/v2/list/{tasks_list}/task", {"name": "b"})
    control.deliveries.wait_idle()
    assert hook.events() == ["taskStatusUpdated", "taskCreated"]


@pytest.mark.clickup_sandbox(delivery_workers=1)
def test_shuffled_deliveries_arrive_in_another_order(api, hook, listening, tasks_list):
    """All arrive, not in the order in which they happened."""
    control = api.sandbox.control
    task = api.post(f"/v2/list/{tasks_list}/task", {"name": "a"})["id"]
    control.deliveries.wait_idle()
    hook.received.clear()
    control.faults.add("shuffle", times=None, wait_s=0.3)
    for number in range(20):
        control.as_user("Maria").update(task, name=f"name {number}")
    control.deliveries.wait_idle()
    order = [item["after"] for item in hook.items("taskUpdated")]

    assert sorted(order) == sorted(f"name {number}" for number in range(20))
    assert order != [f"name {number}" for number in range(20)]


def test_docs_are_paged_by_a_cursor(api):
    """Each once; after the last page there is no cursor. The limit is 10 to 100."""
    path = f"/v3/workspaces/{api.sandbox.team_id}/docs"
    doc_ids = {api.call("POST", path, json={"name": f"Doc {n}"}).json()["id"] for n in range(20)}
    first = api.call("GET", path, params={"limit": 10}).json()
    second = api.call("GET", path, params={"limit": 10, "cursor": first["next_cursor"]}).json()

    assert [len(page["docs"]) for page in (first, second)] == [10, 10]
    assert {doc["id"] for page in (first, second) for doc in page["docs"]} == doc_ids
    assert first["next_cursor"] and not second.get("next_cursor")
    assert api.call("GET", path, params={"limit": 9}).status_code == 400
    assert api.call("GET", path, params={"limit": 101}).status_code == 400
