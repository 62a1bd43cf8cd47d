"""Texts, numbers, contacts and places."""

from typing import Any

from clickup_mlops.sandbox.monday.graph.cells.base import Cell


class Text(Cell):
    """text: the raw value is the text itself."""

    GRAPHQL = "TextValue"


class LongText(Cell):
    """long_text: the raw value has the text at `text`."""

    GRAPHQL = "LongTextValue"

    def format_text(self, raw: Any) -> str:
        """The text, with its line breaks."""
        return str(raw["text"])


class Numbers(Cell):
    """numbers: the raw value is a text inside the text."""

    GRAPHQL = "NumbersValue"

    @property
    def number(self) -> float | None:
        """The number; None for an empty cell."""
        return None if self.raw is None else float(self.raw)

    @property
    def symbol(self) -> str | None:
        """The symbol of the column's unit, such as `$`."""
        return self.definition.settings.get("unit", {}).get("symbol") or None

    @property
    def direction(self) -> str | None:
        """The side on which the unit stands."""
        direction: str | None = self.definition.settings.get("unit", {}).get("direction")
        return direction


class Link(Cell):
    """link: an address with an optional text."""

    GRAPHQL = "LinkValue"

    def format_text(self, raw: Any) -> str:
        """Text and address, or the address alone."""
        return f"{raw['text']} - {raw['url']}" if raw.get("text") else str(raw["url"])

    @property
    def url(self) -> str | None:
        """The address that the link opens."""
        return self.get_text("url")

    @property
    def url_text(self) -> str | None:
        """The text that is shown for the address."""
        return self.get_text("text")


class Email(Cell):
    """email: an address with an optional label."""

    GRAPHQL = "EmailValue"

    def format_text(self, raw: Any) -> str:
        """The address, after its label if that is another."""
        label = raw.get("text")
        return f"{label} - {raw['email']}" if label and label != raw["email"] else raw["email"]

    @property
    def email(self) -> str | None:
        """The e-mail address."""
        return self.get_text("email")

    @property
    def label(self) -> str | None:
        """The label that is shown for the address."""
        return self.get_text("text")


class Phone(Cell):
    """phone: a number and the ISO code of its country."""

    GRAPHQL = "PhoneValue"

    def format_text(self, raw: Any) -> str:
        """The number without the country."""
        return str(raw["phone"])

    @property
    def phone(self) -> str | None:
        """The phone number."""
        return self.get_text("phone")

    @property
    def country_short_name(self) -> str | None:
        """The ISO code of the country, in two letters."""
        return self.get("countryShortName") or None


class Location(Cell):
    """location: the raw value has numbers as text."""

    GRAPHQL = "LocationValue"

    def format_text(self, raw: Any) -> str:
        """The address, or both coordinates if there is none."""
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
        """The address in one line."""
        return self.get_text("address")

    @property
    def city(self) -> str | None:
        """Only of places picked from the map."""
        return self.get_text("city")

    @property
    def country(self) -> str | None:
        """Only of places picked from the map."""
        return self.get_text("country")

    @property
    def street(self) -> str | None:
        """Only of places picked from the map."""
        return self.get_text("street")

    @property
    def place_id(self) -> str | None:
        """The map's id."""
        return self.get_text("placeId")


class Country(Cell):
    """country: ISO code and name."""

    GRAPHQL = "CountryValue"

    def format_text(self, raw: Any) -> str:
        """The name of the country."""
        return str(raw["countryName"])

    @property
    def country(self) -> dict[str, str] | None:
        """Code and name of the country."""
        if self.raw is None:
            return None
        return {"code": self.raw["countryCode"], "name": self.raw["countryName"]}


class WorldClock(Cell):
    """world_clock: a time zone."""

    GRAPHQL = "WorldClockValue"

    def format_text(self, raw: Any) -> str:
        """The IANA name of the time zone."""
        return str(raw["timezone"])

    @property
    def timezone(self) -> str | None:
        """The IANA name of the time zone."""
        return self.get_text("timezone")


class ColorPicker(Cell):
    """color_picker; a colour in RGB form shows nothing."""

    GRAPHQL = "ColorPickerValue"

    def format_text(self, raw: Any) -> str | None:
        """The colour as `#rrggbb`; None for one in RGB form."""
        return self.color

    @property
    def color(self) -> str | None:
        """The colour as `#rrggbb`; None for one in RGB form."""
        return None if self.raw is None else self.raw["color"].get("hex")


class Integration(Cell):
    """integration: a link to an issue in another tool."""

    GRAPHQL = "IntegrationValue"

    def format_text(self, raw: Any) -> str:
        """The name of the issue in the other tool."""
        return str(raw.get("issue_id", ""))

    @property
    def entity_id(self) -> str | None:
        """The issue's id in the other tool."""
        return self.get_text("entity_id")

    @property
    def issue_id(self) -> str | None:
        """The issue's name in the other tool."""
        return self.get_text("issue_id")

    @property
    def issue_api_url(self) -> str | None:
        """The issue's address in the other tool."""
        return self.get_text("issue_api_url")
