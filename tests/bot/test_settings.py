"""The settings: documented, strict, and safe to print."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from clickup_mlops import config
from clickup_mlops.bot.settings import Settings
from clickup_mlops.errors import ConfigError


def _keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str | None]]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield prefix + name, config.read_descriptions(model).get(name) or inner.__doc__
            yield from _keys(inner, f"{prefix}{name}.")
        else:
            yield prefix + name, config.read_descriptions(model).get(name)


@pytest.mark.parametrize(("key", "meaning"), [*_keys(Settings)])
def test_every_setting_says_what_it_means(key: str, meaning: str | None) -> None:
    """The example file and the reference are made of these texts."""
    assert meaning and meaning.endswith("."), key


def test_secrets_do_not_print() -> None:
    """Neither the token nor a password in an address."""
    settings = Settings(
        clickup={"token": "pk_very_secret"},
        store={"url": "postgresql://bot:hunter2@db/bot"},
        engine={"broker_url": "redis://:hunter3@broker"},
    )

    assert not any(word in repr(settings) for word in ("pk_very", "hunter2", "hunter3"))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """With file and dotted key of each."""
    file = tmp_path / "config.toml"
    file.write_text('[server]\nport = 99999\n[engine]\nworkrs = 3\n[automations]\nmode = "off"\n')

    with pytest.raises(ConfigError) as problem:
        config.load(Settings, file)

    text = str(problem.value)
    assert all(key in text for key in ("server.port", "engine.workrs", "automations.mode"))
    assert str(file) in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[engine]\nworkrs = 3",
            'engine.workrs: there is no such key; did you mean "engine.w',
        ),
        ("[clikup]\ntoken = 'x'", 'clikup: there is no such key; did you mean "clickup"'),
        (
            "[server]\npublic_url = 'x'",
            'server.public_url: there is no such key; did you mean "h',
        ),
        ("[routing.ageing]\nstp = 30", 'did you mean "routing.ageing.step"'),
        ("[log]\nqqq = 1", "log.qqq: there is no such key; known: "),
        ("[people]\non_call = 'Ann'", "people.on_call: Input should be a list"),
        (
            "[people.rotations.on_call]\npeople = ['Ann']",
            "people.rotations: `on_call` is the name of `people.on_call` in `/oncall`",
        ),
        (
            "[integrations.'My Tool']\ntoken = 'x'",
            "integrations.My Tool: a name has small letters, digits, - and _ only",
        ),
        (
            "[reports.weekly]\nat = '8 h'",
            'weekly.at: Input should be a time of day, such as "08:00',
        ),
    ],
)
def test_a_mistake_is_told_with_the_way_out(text: str, message: str, tmp_path: Path) -> None:
    """The key that may be meant, in whichever table; else those that there are; lists as such."""
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as problem:
        config.load(Settings, file)
    assert f"{file}: " in str(problem.value)
    assert message in str(problem.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[retention]\naudit = -5",
            "retention.audit: a duration must not be negative",
        ),
        ("[retention]\nevents = 60", "retention.events: at least a day"),
        ("[engine]\nlease = 0", "engine.lease: "),
        ("[hooks]\ncheck_every = 0", "hooks.check_every: "),
        (
            "[jobs]\ntime_zone = 'Mars/X'",
            'jobs.time_zone: no time zone is called "Mars',
        ),
        (
            "[automations.quiet]\nfrom = 22",
            'automations.quiet.from: a time of day is written "22:00", without an offset',
        ),
        (
            "[reports.weekly]\nat = '09:00+01:00'",
            'reports.weekly.at: a time of day is written "22:00", without an offset',
        ),
    ],
)
def test_a_time_that_would_do_harm_is_refused(text: str, message: str, tmp_path: Path) -> None:
    """A negative age deletes what is new; a lease of no length has two workers do the same; 22 is
    no hour, but seconds after midnight.
    """
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as problem:
        config.load(Settings, file)
    assert message in str(problem.value)


def test_a_value_from_the_environment_is_named_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody looks for it in the file; one underscore too few or a misspelt table is noticed."""
    file = tmp_path / "config.toml"
    file.write_text("[server]\nport = 1\n")
    monkeypatch.setenv("CLICKUP_MLOPS_SERVER__PORT", "many")
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP_TOKEN", "pk_secret")
    monkeypatch.setenv("CLICKUP_MLOPS_SERVR__HOST", "::1")
    with pytest.raises(ConfigError) as problem:
        config.load(Settings, file)
    message = str(problem.value)
    assert "environment CLICKUP_MLOPS_SERVER__PORT: server.port" in message
    assert (
        'CLICKUP_MLOPS_CLICKUP_TOKEN: there is no such variable; did you mean "CLICKUP' in message
    )
    assert "CLICKUP_MLOPS_SERVR__HOST: there is no such variable" in message
    assert 'did you mean "CLICKUP_MLOPS_SERVER__HOST"?' in message
    assert "pk_secret" not in message


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("30", 30), ("0.5", 0.5), ("PT30S", 30), ("P1D", 86_400), ("0:00:04", 4)],
)
def test_a_duration_means_the_same_in_the_environment_and_in_the_file(
    text: str, seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seconds as a number, H:MM:SS, or ISO 8601."""
    file = tmp_path / "config.toml"
    file.write_text(f'[clickup]\nbatch_window = "{text}"\n[routing.ageing]\nstep = 30\n')
    monkeypatch.setenv("CLICKUP_MLOPS_ENGINE__BACKOFF", text)

    settings = config.load(Settings, file)

    assert settings.engine.backoff.total_seconds() == seconds
    assert settings.clickup.batch_window.total_seconds() == seconds
    assert settings.routing.ageing.step.total_seconds() == 30


@pytest.mark.parametrize("wrong", ["soon", "nan", "inf", "1e3", "-", ""])
def test_a_duration_that_is_none_is_refused(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its key, from the environment too."""
    monkeypatch.setenv("CLICKUP_MLOPS_ENGINE__LEASE", wrong)

    with pytest.raises(ConfigError, match=r"engine\.lease"):
        config.load(Settings)


def test_what_is_sent_by_the_clock_has_the_zone_of_the_team() -> None:
    """Unless it has its own."""
    settings = Settings.model_validate(
        {
            "jobs": {"time_zone": "Europe/Madrid"},
            "digests": {"ops": {"channel": "ops"}, "far": {"channel": "far", "zone": "Asia/Tokyo"}},
            "reports": {"weekly": {"every": "weekly"}},
        }
    ).model_dump()

    zones = [settings["digests"][name]["zone"] for name in ("ops", "far")]
    assert zones == ["Europe/Madrid", "Asia/Tokyo"]
    assert settings["reports"]["weekly"]["zone"] == settings["shadow"]["zone"] == "Europe/Madrid"


def test_the_zone_of_the_team_changes_no_turn_of_people_on_call() -> None:
    """Another person would be on call, for some hours of each turn."""
    people = {"on_call": ["Ann"], "rotations": {"serving": {"people": ["Bo"]}}}
    settings = Settings.model_validate({"jobs": {"time_zone": "Europe/Madrid"}, "people": people})

    assert settings.people.zone == settings.people.rotations["serving"].zone == "UTC"
