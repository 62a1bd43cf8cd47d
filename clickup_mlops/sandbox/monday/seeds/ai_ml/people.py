"""Who works in the AI/ML account."""

from dataclasses import dataclass

from clickup_mlops.sandbox.monday.control import Control
from clickup_mlops.sandbox.monday.state.model import Tag, Team, User, Workspace

DOMAIN = "inference-lab.example"


@dataclass(frozen=True)
class People:
    """The users, a team, the workspaces and the tags that the boards refer to."""

    ada: User
    bea: User
    chen: User
    dana: User
    guest: User
    former: User
    agent: User
    team: Team
    main: Workspace
    platform: Workspace
    tags: dict[str, Tag]

    def persons(self, *users: User) -> dict[str, list[dict[str, object]]]:
        """The value of a people column."""
        return {"personsAndTeams": [{"id": user.id, "kind": "person"} for user in users]}


def plant(control: Control) -> People:
    """Create the people, workspaces and tags. Gone Gunnar is deleted again; the agent is no
    person.
    """
    user = control.add_user
    ada = user("Ada Admin", f"ada@{DOMAIN}", kind="admin", time_zone="Europe/London")
    bea = user("Bea Batch", f"bea@{DOMAIN}", time_zone="Europe/Berlin")
    chen = user("Chen Cluster", f"chen@{DOMAIN}", time_zone="Asia/Shanghai")
    dana = user("דנה כהן", f"dana@{DOMAIN}", time_zone="Asia/Jerusalem")
    guest = user("Gus Guest", "gus@customer.example", kind="guest")
    former = user("Gone Gunnar", f"gunnar@{DOMAIN}")
    agent = user("Triage agent", f"agent@{DOMAIN}", kind="agent")
    tags = {name: control.add_tag(name) for name in ("gpu", "P99 latency", "Customer A")}
    account = People(
        ada=ada,
        bea=bea,
        chen=chen,
        dana=dana,
        guest=guest,
        former=former,
        agent=agent,
        team=control.add_team("Inference on-call", [bea, chen]),
        main=control.add_workspace("Main workspace", main=True),
        platform=control.add_workspace("ML platform"),
        tags=tags,
    )
    control.delete_user(former)
    return account
