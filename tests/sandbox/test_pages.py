"""The pages: a person sees Lists and tasks, and changes them as a chosen member."""

import re
import shutil

import pytest
import requests

from clickup_mlops.sandbox import running


@pytest.fixture
def person(clickup_sandbox):
    """A browser without script: follows links, sends forms with their token."""

    class Person(requests.Session):
        control = clickup_sandbox.control

        def see(self, path):
            answer = self.get(clickup_sandbox.url + path, timeout=10)
            assert answer.ok, answer.text
            self.form_token = re.search(r'name="form_token" value="([^"]+)"', answer.text)[1]
            return answer.text

        def fill(self, path, **form):
            form.setdefault("form_token", self.form_token)
            return self.post(clickup_sandbox.url + path, data=form, timeout=10)

    return Person()


def test_creating_editing_moving_commenting(person):
    """All of it by forms alone, logged under the chosen member's name."""
    control = person.control
    control.create_field("P99 latency ms", "number")
    control.create_field("Workload", "drop_down", choices=["inference", "training"])
    list_id, inbox = control.list_id("Tasks"), control.list_id("Inbox")
    person.see(f"/list/{list_id}")
    jonas = str(control.member("Jonas").id)
    person.fill("/member", member=jonas, back=f"/list/{list_id}")
    page = person.fill(f"/list/{list_id}", name="Serve <the> model", priority="2", text="now").text
    assert "Serve &lt;the&gt; model" in page
    task = control.find("Serve <the> model")

    html = person.see(f"/task/{task.id}")
    number, choice = re.findall(r'<(?:input|select) id="f-([^"]+)"', html)
    form = {"name": "Serve it", "description": "now", "priority": "1", "status": "in progress"}
    form |= {"list": inbox, "tags": "gpu, llm", "assignees": jonas, number: "840", choice: ""}
    person.fill(f"/task/{task.id}", **form)
    person.fill(f"/task/{task.id}/comment", text="on it")

    answered = control.task(task.id)
    assert (answered["name"], answered["priority"]["id"]) == ("Serve it", "1")
    assert answered["list"]["id"] == inbox
    assert {tag["name"] for tag in answered["tags"]} == {"gpu", "llm"}
    assert answered["custom_fields"][0]["value"] == "840"
    assert {write.actor_id for write in control.writes(task.id)} == {int(jonas)}
    assert not control.writes(task.id, "content")
    page = person.see(f"/task/{task.id}")
    assert "on it" in page
    assert "840" in page


def test_both_views_show_flags_tags_fields_and_the_last_changes(person):
    """List and board; the live part is the same without the frame."""
    control = person.control
    control.create_field("Model", "short_text")
    maria = control.as_user("Maria")
    task = maria.create_task("Tasks", "Serve", tags=["gpu"], due_date=1)
    maria.update(task, due_date=1_795_863_404_011)
    maria.set_field(task, "Model", "chat-3")
    maria.set_priority(task, "urgent")
    list_id = control.list_id("Tasks")

    for path in (f"/list/{list_id}", f"/list/{list_id}?view=board"):
        html = person.see(path)
        for part in ("Serve", "gpu", "chat-3", "Urgent", "none → urgent", "28 Nov 10:56 UTC"):
            assert part in html, part
    assert "<html" not in person.see(f"/list/{list_id}?live=1&view=board")


def test_a_form_from_elsewhere_is_refused(person):
    """No token, a wrong one, or a foreign origin: 403 and nothing happens."""
    list_id = person.control.list_id("Tasks")
    person.see(f"/list/{list_id}")
    assert person.fill(f"/list/{list_id}", name="x", form_token="wrong").status_code == 403
    person.headers["Origin"] = "https://evil.example"
    assert person.fill(f"/list/{list_id}", name="x").status_code == 403
    assert person.control.tasks == []


def test_the_way_back_stays_here(person):
    """Choosing a member never leads to another site."""
    person.see(f"/list/{person.control.list_id('Tasks')}")
    answer = person.fill("/member", member="1", back="//evil.example/")

    assert answer.url.startswith("http://127.0.0.1")


def test_consent_leads_to_the_app_under_both_addresses(clickup_sandbox):
    """A browser must not be kept from following the form's answer to another origin."""
    for path in ("/api", "/oauth/authorize"):
        answer = requests.get(f"{clickup_sandbox.url}{path}?client_id=a&redirect_uri=b", timeout=10)
        assert answer.ok
        assert "form-action" not in answer.headers["Content-Security-Policy"]


def test_a_wrong_value_is_explained(person):
    """A page with the reason, not a JSON envelope."""
    person.control.create_field("P99", "number")
    task = person.control.as_user("Maria").create_task("Tasks", "x")
    html = person.see(f"/task/{task}")
    field = re.search(r'id="f-([^"]+)"', html)[1]
    answer = person.fill(f"/task/{task}", **{"name": "x", field: "many"})

    assert answer.status_code == 400
    assert "Value is not a number" in answer.text


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def browser():
    api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.mark.browser
def test_a_person_watches_the_bot(browser):
    """The page changes by itself, and a person sets a flag by keyboard; no errors."""
    with running(seed="demo", rate_limit=0) as sandbox:
        page = browser.new_page()
        problems = []
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
        page.goto(sandbox.url)
        name = "Chat endpoint answers 503 for one in five requests"
        row = page.locator("tr", has_text=name)
        assert row.get_attribute("data-level") == "0"

        sandbox.control.as_user("Router").set_priority(name, "urgent")
        page.wait_for_selector(f'tr[data-level="1"]:has-text("{name}")', timeout=5_000)
        assert "none → urgent" in page.locator(".activity").inner_text()

        picker = page.get_by_label(f"Priority of {name}")
        picker.focus()
        picker.select_option("4")
        page.wait_for_selector(f'tr[data-level="4"]:has-text("{name}")', timeout=5_000)
        assert sandbox.control.find(name).priority == 4
        assert problems == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(browser, scheme):
    """axe finds nothing on any page, in light and dark."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with running(seed="demo", rate_limit=0) as sandbox:
        page = browser.new_context(color_scheme=scheme).new_page()
        list_id = sandbox.control.list_id("Inference")
        task = sandbox.control.find("Canary roll-out of chat 3.2").id
        consent = "/oauth/authorize?client_id=a&redirect_uri=http://127.0.0.1/"
        for path in (f"/list/{list_id}", f"/list/{list_id}?view=board", f"/task/{task}", consent):
            page.goto(sandbox.url + path)
            violations = axe.run(page).response["violations"]
            assert [
                (violation["id"], violation["nodes"][0]["html"]) for violation in violations
            ] == [], path


def test_a_very_long_list_stays_quick(person):
    """Of 5,000 tasks the 200 most important are shown, and the page says so."""
    control = person.control
    control.add_tasks("Tasks", [{"name": f"Task {n}", "priority": 1 + n % 4} for n in range(5_000)])
    html = person.see(f"/list/{control.list_id('Tasks')}")

    assert html.count("data-key=") == 200
    assert "4800 less important tasks not shown" in html
