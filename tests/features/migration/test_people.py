"""Who is who: found by e-mail, teams expanded, and nobody is forgotten."""

from clickup_mlops.clickup.model import Person as Member
from clickup_mlops.features.migration.mapping.model import Mapping
from clickup_mlops.features.migration.people import Directory, Unmatched
from clickup_mlops.features.migration.records import Person

MEMBERS = (Member(11, "Ana", "Ana@x.com"), Member(12, "Bo", "bo@x.com"), Member(13, "", ""))
MAPPING = Mapping.model_validate(
    {
        "name": "ml",
        "source": {"kind": "monday"},
        "people": {
            "1": {"name": "Ana", "email": "ana@X.com "},
            "2": {"name": "Bo", "email": ""},
            "3": {"name": "Eve", "email": "eve@x.com"},
            "4": {"name": "Serving", "members": ["1", "5", "4"]},
            "5": {"name": "On-call", "members": ["2", "1", "4"]},
        },
    }
)


def test_people_are_found_by_email_without_case() -> None:
    """Whoever has no address in the mapping is nobody in ClickUp."""
    directory = Directory(MAPPING, (), MEMBERS)

    assert [directory.person(number) for number in "123459"] == [11, None, None, None, None, None]
    assert directory.name("1") == "Ana"
    assert directory.name("9") == "9"


def test_teams_are_expanded() -> None:
    """Those in teams of teams too, each once; teams that contain each other end."""
    directory = Directory(MAPPING, (), MEMBERS)

    assert directory.members("4") == ("1", "2")
    assert directory.members("5") == ("2", "1")
    assert directory.members("1") == directory.members("9") == ()


def test_people_who_came_later_are_found_by_the_address_of_the_source() -> None:
    """The mapping wins where it knows them."""
    later = (Person("8", "Bo", "BO@x.com"), Person("2", "Bo", "bo@x.com"))
    directory = Directory(MAPPING, later, MEMBERS)

    assert directory.person("8") == 12
    assert directory.person("2") is None


def test_the_unmatched_are_listed() -> None:
    """With the address that the mapping means; teams are no people."""
    assert Directory(MAPPING, (), MEMBERS).unmatched == (
        Unmatched("2", "Bo", ""),
        Unmatched("3", "Eve", "eve@x.com"),
    )
