"""Settings: how to reach ClickUp."""

from datetime import timedelta

from pydantic import Field, SecretStr

from clickup_mlops.clickup.wire.clients import DEFAULT, Client
from clickup_mlops.config import Table


class ClickUpSettings(Table):
    """How to reach ClickUp."""

    token: SecretStr = SecretStr("")
    """Personal token (`pk_…`) or OAuth access token. Better kept in the environment as
    `CLICKUP_MLOPS_CLICKUP__TOKEN`, or in the secrets folder, than in a file."""
    oauth: bool = False
    """True when `token` came from the OAuth code exchange: it is then sent as a Bearer token."""
    base_url: str = "https://api.clickup.com"
    """Where the API is. Point it at the sandbox to try things out."""
    workspace_id: str = ""
    """The Workspace to work in. Empty: the only one that the token can see."""
    timeout: timedelta = Field(timedelta(seconds=30), gt=timedelta(0))
    """How long one call may wait for ClickUp; whatever drips, it ends after four times as long. So
    long ClickUp may also act on a call whose caller has gone:
    after a crash or a cut line, a task waits this long for what cannot be seen yet."""
    http_client: Client = DEFAULT
    """What sends the calls: `curl` (libcurl: a third of the CPU of a call, 10 MiB more; needs the
    extra `curl`), or `requests`. `auto`: `curl` where it is installed, but `requests` in
    the main thread, which hears Ctrl-C. Both go by the proxies of the environment and by
    `REQUESTS_CA_BUNDLE`."""
    batch_window: timedelta = timedelta(seconds=2)
    """While calls are scarce and changes of a List come in a burst (five or more a second), reading
    its tasks is deferred up to this long, so that one call serves many of them. Calls are scarce
    for two minutes after they were used faster than the rate limit allows. Else, and if fewer
    changes come, tasks are read at once. 0: never wait; costs up to one call for each event."""
