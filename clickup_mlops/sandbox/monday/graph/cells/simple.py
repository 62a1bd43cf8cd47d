"""Texts, numbers, contacts and places."""

from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.state.model import Json


class Text(Cell):
    """text."""

    GRAPHQL = "TextValue"


class LongText(Cell):
    """long_text."""

    GRAPHQL = "LongTextValue"

    def shown(self, raw: Json) -> str:
        """Its text."""
        return str(raw["text"])


class Numbers(Cell):
    """numbers: the raw value is a text inside the text."""

    GRAPHQL = "NumbersValue"

    @property
    def number(self) -> float | None:
        """The number."""
        return None if self.raw is None else float(self.raw)

    @property
    def symbol(self) -> str | None:
        """The unit."""
        return self.of.settings.get("unit", {}).get("symbol") or None

    @property
    def direction(self) -> str | None:
        """The side on which the unit stands."""
        found: str | None = self.of.settings.get("unit", {}).get("direction")
        return found


class Link(Cell):
    """link."""

    GRAPHQL = "LinkValue"

    def shown(self, raw: Json) -> str:
        """Text and address."""
        return f"{raw['text']} - {raw['url']}" if raw.get("text") else str(raw["url"])

    @property
    def url(self) -> str | None:
        """The address."""
        found: str | None = self.get("url")
        return found

    @property
    def url_text(self) -> str | None:
        """What is shown instead."""
        found: str | None = self.get("text")
        return found


class Email(Cell):
    """email."""

    GRAPHQL = "EmailValue"

    def shown(self, raw: Json) -> str:
        """The address, after its label if that is another."""
        label = raw.get("text")
        return f"{label} - {raw['email']}" if label and label != raw["email"] else raw["email"]

    @property
    def email(self) -> str | None:
        """The address."""
        found: str | None = self.get("email")
        return found

    @property
    def label(self) -> str | None:
        """What is shown instead."""
        found: str | None = self.get("text")
        return found


class Phone(Cell):
    """phone."""

    GRAPHQL = "PhoneValue"

    def shown(self, raw: Json) -> str:
        """The digits."""
        return str(raw["phone"])

    @property
    def phone(self) -> str | None:
        """The number."""
        found: str | None = self.get("phone")
        return found

    @property
    def country_short_name(self) -> str | None:
        """ISO code."""
        return self.get("countryShortName") or None


class Location(Cell):
    """location: the raw value has numbers as text."""

    GRAPHQL = "LocationValue"

    def shown(self, raw: Json) -> str:
        """The address."""
        return raw.get("address") or f"{raw['lat']} {raw['lng']}"

    @property
    def lat(self) -> float | None:
        """Degrees north."""
        return None if self.raw is None else float(self.raw["lat"])

    @property
    def lng(self) -> float | None:
        """Degrees east."""
        return None if self.raw is None else float(self.raw["lng"])

    @property
    def address(self) -> str | None:
        """All in one line."""
        found: str | None = self.get("address")
        return found

    @property
    def city(self) -> str | None:
        """Only of places picked from the map."""
        found: str | None = self.get("city")
        return found

    @property
    def country(self) -> str | None:
        """Only of places picked from the map."""
        found: str | None = self.get("country")
        return found

    @property
    def street(self) -> str | None:
        """Only of places picked from the map."""
        found: str | None = self.get("street")
        return found

    @property
    def place_id(self) -> str | None:
        """The map's id."""
        found: str | None = self.get("placeId")
        return found


class Country(Cell):
    """country."""

    GRAPHQL = "CountryValue"

    def shown(self, raw: Json) -> str:
        """Its name."""
        return str(raw["countryName"])

    @property
    def country(self) -> dict[str, str] | None:
        """Code and name."""
        if self.raw is None:
            return None
        return {"code": self.raw["countryCode"], "name": self.raw["countryName"]}


class WorldClock(Cell):
    """world_clock."""

    GRAPHQL = "WorldClockValue"

    def shown(self, raw: Json) -> str:
        """The zone."""
        return str(raw["timezone"])

    @property
    def timezone(self) -> str | None:
        """The zone."""
        found: str | None = self.get("timezone")
        return found


class ColorPicker(Cell):
    """color_picker; a colour in RGB form shows nothing."""

    GRAPHQL = "ColorPickerValue"

    def shown(self, raw: Json) -> str | None:
        """`#rrggbb`."""
        return self.color

    @property
    def color(self) -> str | None:
        """`#rrggbb`."""
        return None if self.raw is None else self.raw["color"].get("hex")


class Integration(Cell):
    """integration."""

    GRAPHQL = "IntegrationValue"

    def shown(self, raw: Json) -> str:
        """The issue."""
        return str(raw.get("issue_id", ""))

    @property
    def entity_id(self) -> str | None:
        """Id in the other tool."""
        found: str | None = self.get("entity_id")
        return found

    @property
    def issue_id(self) -> str | None:
        """Name in the other tool."""
        found: str | None = self.get("issue_id")
        return found

    @property
    def issue_api_url(self) -> str | None:
        """Address in the other tool."""
        found: str | None = self.get("issue_api_url")
        return found
