"""A silence counts as ended only if the tool has none that holds, whatever it answers."""

import orjson
import pytest

from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.features.integrations.settings import IntegrationTables
from clickup_mlops.features.integrations.silences import ToolSilences
from clickup_mlops.store import Store
from tests.http_server import Handler, serving

ID = "a404"


def end(store: Store, state: str, status: int, text: str) -> None:
    """End it in a tool that has it in this state, and answers so."""

    class Tool(Handler):
        def get(self) -> None:
            self.answer(200, orjson.dumps([{"id": ID, "status": {"state": state}}]))

        def do_DELETE(self) -> None:  # noqa: N802
            self.body()
            self.answer(status, text.encode())

    with serving(Tool) as server:
        api = f"http://127.0.0.1:{server.server_port}"
        table = {"kind": "alertmanager", "token": "a-token", "api": api}
        settings = IntegrationTables.model_validate({"integrations": {"production": table}})
        ToolSilences(settings.integrations, store).end("production", ID)


@pytest.mark.parametrize(("status", "text"), [(404, ""), (500, "silence a404 already expired")])
def test_what_has_ended_is_ended(store: Store, status: int, text: str) -> None:
    """Versions of Alertmanager answer differently."""
    end(store, "expired", status, text)


@pytest.mark.parametrize(("status", "text"), [(401, "token expired"), (403, "no"), (500, "")])
def test_what_holds_is_not_called_ended(store: Store, status: int, text: str) -> None:
    """Also if the answer, or the silence's id, has words that mean it elsewhere."""
    with pytest.raises(ClickUpMlopsError, match=f"HTTP {status}"):
        end(store, "active", status, text)
