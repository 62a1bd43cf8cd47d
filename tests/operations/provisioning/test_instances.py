"""One template, used several times: an upgrade of one instance leaves the others alone."""

from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select, update

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.provisioning.operations.apply import apply
from clickup_mlops.features.provisioning.operations.callbacks import Callbacks
from clickup_mlops.features.provisioning.operations.drift import drift
from clickup_mlops.features.provisioning.operations.request import Request
from clickup_mlops.features.provisioning.operations.undo import undo
from clickup_mlops.features.provisioning.operations.upgrade import compare, upgrade
from clickup_mlops.features.provisioning.tables.provisions import provision_run

SERVICE = """
summary = "A service."
strategy = "latency-bound serving"
[parameters.service]
description = "Its name."
[parameters.slo]
description = "Objective."
default = 200
[routing.lists]
"${service} releases" = "inference"
[space]
name = "Platform"
[[space.list]]
name = "Intake"
[[space.folder]]
name = "${service} serving"
[[space.folder.list]]
name = "${service} releases"
[[space.folder.list]]
name = "${service} archive"
"""
SECOND = SERVICE.replace('[[space.folder.list]]\nname = "${service} archive"\n', "")
NAMELESS = SECOND.replace('[routing.lists]\n"${service} releases" = "inference"\n', "")


def of(folder: Path, service: str, *more: str) -> Request:
    return Request("service", given=(f"service={service}", *more), folder=folder)


def policies(bot: Bot) -> dict[str, bool]:
    """Whether each says anything."""
    return {
        space_policy.name: bool(space_policy.body["routing"])
        for space_policy in bot.store.space_policies.all()
    }


def forget_instances(bot: Bot) -> None:
    """The store as it is after runs of a version that did not record them."""
    with bot.store.database.engine.begin() as connection:
        for number, plan in connection.execute(select(provision_run.c.id, provision_run.c.plan)):
            plain = orjson.loads(plan)
            del plain["instance"]
            where = update(provision_run).where(provision_run.c.id == number)
            connection.execute(where.values(plan=orjson.dumps(plain)))


@pytest.fixture
def folder(bot: Bot, tmp_path: Path) -> Path:
    """With the template, which two services were made from, `ranker` before `embedder`."""
    (tmp_path / "service.toml").write_text(SERVICE, encoding="utf-8")
    for service in ("ranker", "embedder"):
        apply(bot, of(tmp_path, service), Callbacks())
    return tmp_path


def test_an_upgrade_of_one_instance_leaves_the_others(bot: Bot, folder: Path) -> None:
    """Nothing to do, nothing of theirs listed, forgotten or emptied; in both orders."""
    for service in ("ranker", "embedder"):
        comparison = compare(bot, of(folder, service), old=None, prefer="people")
        assert (comparison.plan.work, comparison.unnamed) == ((), ())

        result = upgrade(bot, of(folder, service), Callbacks())

        assert result.plan.work == ()
    assert policies(bot) == {"service: ranker serving": True, "service: embedder serving": True}


def test_what_an_instance_no_longer_names_is_listed_for_it_alone(bot: Bot, folder: Path) -> None:
    """Whatever its other parameters are: those that name no place do not make another instance."""
    (folder / "service.toml").write_text(SECOND, encoding="utf-8")

    result = compare(bot, of(folder, "ranker", "slo=100"), old=None, prefer="people")

    assert [path[-1] for path in result.unnamed] == [("list", "ranker archive")]


def test_only_the_policy_of_the_instance_is_emptied(bot: Bot, folder: Path) -> None:
    """A version without a policy takes it from the instance that is upgraded."""
    (folder / "service.toml").write_text(NAMELESS, encoding="utf-8")

    upgrade(bot, of(folder, "ranker"), Callbacks())

    assert policies(bot)["service: embedder serving"]


def test_what_people_changed_in_a_shared_object_stays_whoever_applied_last(
    bot: Bot, folder: Path
) -> None:
    """An object that two templates name is compared with what either of them wanted last."""
    (folder / "other.toml").write_text(
        SERVICE.replace("serving", "batch").replace("releases", "jobs"), encoding="utf-8"
    )
    request = Request("other", given=("service=scorer",), folder=folder)
    apply(bot, request, Callbacks())
    upgrade(bot, request, Callbacks())
    (intake,) = (
        task_list
        for space in bot.client.spaces.all(bot.workspace_id)
        if space.name == "Platform"
        for task_list in bot.client.lists.of_space(space.id)
    )
    bot.client.lists.update(intake.id, name="Inbox")

    result = compare(bot, of(folder, "ranker"), old=None, prefer="people")

    assert [(their.attribute, their.found) for their in result.theirs] == [("name", "Inbox")]


def test_an_instance_is_known_by_its_space_too(bot: Bot, tmp_path: Path) -> None:
    """`--as` makes another instance also where the template gives the Space a fixed name."""
    (tmp_path / "service.toml").write_text(SERVICE, encoding="utf-8")
    for space in ("North", "South"):
        apply(bot, replace(of(tmp_path, "ranker"), instance=space), Callbacks())

    result = compare(
        bot, replace(of(tmp_path, "ranker"), instance="North"), old=None, prefer="people"
    )

    assert (result.plan.work, result.unnamed) == ((), ())


def test_a_run_that_did_not_record_its_instance_is_known_by_the_places_it_made(
    bot: Bot, folder: Path
) -> None:
    """Runs of older versions: what their own instance no longer names is listed, for it alone."""
    forget_instances(bot)
    (folder / "service.toml").write_text(SECOND, encoding="utf-8")

    for service in ("ranker", "embedder"):
        result = compare(bot, of(folder, service), old=None, prefer="people")
        assert [path[-1] for path in result.unnamed] == [("list", f"{service} archive")]


def test_a_run_whose_instance_is_unknown_belongs_to_none(bot: Bot, folder: Path) -> None:
    """No place of it has the parameter any more: nothing of it is listed or forgotten."""
    forget_instances(bot)
    second = SERVICE.replace("${service} ", "${service} new ")
    (folder / "service.toml").write_text(second, encoding="utf-8")

    assert compare(bot, of(folder, "ranker"), old=None, prefer="people").unnamed == ()


CHANNELS = SERVICE.replace(
    "[[space.list]]\n",
    'channel = [{ name = "alerts" }, { name = "${service} in Platform" }]\n[[space.list]]\n',
    1,
)


def test_each_instance_has_channels_of_its_own(bot: Bot, tmp_path: Path) -> None:
    """Channels have one name in the whole Workspace: `--as` adds the Space's, and adopts nobody's.
    The Space that the template names keeps the names of the template.
    """
    (tmp_path / "service.toml").write_text(CHANNELS, encoding="utf-8")
    for space in (None, "South", "Platform"):
        apply(bot, replace(of(tmp_path, "ranker"), instance=space), Callbacks())

    names = sorted(channel.name for channel in bot.client.chat.channels(bot.workspace_id))
    assert names == [
        "alerts",
        "alerts (South)",
        "ranker in Platform",
        "ranker in Platform (South)",
    ]
    undo(bot, 2, Callbacks())
    assert sorted(c.name for c in bot.client.chat.channels(bot.workspace_id)) == [
        "alerts",
        "ranker in Platform",
    ]


def test_each_instance_has_manual_steps_of_its_own(bot: Bot, tmp_path: Path) -> None:
    """Two services in one Space: what `drift` has counted for one is not news for the other."""
    field = '[[space.folder.list.field]]\nname = "P99"\ntype = "number"\n'
    (tmp_path / "service.toml").write_text(SECOND + field, encoding="utf-8")
    for service in ("ranker", "embedder"):
        apply(bot, of(tmp_path, service), Callbacks())

    for service in ("ranker", "embedder", "ranker"):
        result = drift(bot, of(tmp_path, service))
        assert (result.plan.work, result.still_open) == ((), 1)
