"""The server over streamable HTTP: for this machine unless allowed, and only with the token."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import uvicorn
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl

from clickup_mlops.bot.settings import McpSettings, Settings
from clickup_mlops.errors import ConfigError, InputError
from clickup_mlops.interfaces.mcp_server.connections import BoundedConnection
from clickup_mlops.interfaces.mcp_server.people import Verifier

PATH: Final = "/mcp"
_LEAST_TOKEN: Final = 16
_MOST_BODY: Final = 262_144
_MOST_AT_ONCE: Final = 256
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")


def listen(host: str, port: int, *, allow_remote: bool) -> socket.socket:
    """Bound, so that a port of 0 is known.

    Raises:
        InputError: other machines could reach it, without `allow_remote`; or it is in use.
    """
    if not allow_remote and not _is_loopback(host):
        raise InputError(
            f"{host} can be reached by other machines",
            hint="Use 127.0.0.1, or --allow-remote behind a proxy that adds TLS.",
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as problem:
        raise InputError(f"cannot listen on {host}:{port}: {problem.strerror}") from problem


def auth(settings: Settings) -> tuple[AuthSettings, Verifier]:
    """What lets agents in.

    Raises:
        ConfigError: there is no token, or one that can be guessed.
    """
    token = settings.mcp.token.get_secret_value()
    if len(token) < _LEAST_TOKEN:
        problem = "too short" if token else "not set"
        raise ConfigError(
            f"mcp.token is {problem}: it needs {_LEAST_TOKEN} characters",
            hint='export CLICKUP_MLOPS_MCP__TOKEN="$(openssl rand -hex 32)"',
        )
    # The address of an issuer is required, and used by nobody: there is no OAuth here.
    issuer = AnyHttpUrl("http://127.0.0.1/")
    return AuthSettings(issuer_url=issuer, resource_server_url=None), Verifier(settings)


def run(
    server: MCPServer, settings: McpSettings, on: socket.socket, started: Callable[[str], None]
) -> None:
    """Serve until a signal; `started` gets the address."""
    host, port = on.getsockname()[:2]
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,  # nothing to steal or to exhaust
        max_request_body_size=_MOST_BODY,
        transport_security=TransportSecuritySettings(
            allowed_hosts=[*_with_any_port((*_LOOPBACK, *settings.hosts))],
            allowed_origins=[
                *_with_any_port(f"http://{loopback_host}" for loopback_host in _LOOPBACK),
                *settings.origins,
            ],
        ),
        host=host,
    )
    config = uvicorn.Config(
        app,
        http=BoundedConnection,
        log_config=None,
        access_log=False,
        limit_concurrency=_MOST_AT_ONCE,
        lifespan="on",
    )
    started(f"http://{f'[{host}]' if ':' in host else host}:{port}{PATH}")
    asyncio.run(uvicorn.Server(config).serve(sockets=[on]))


def _with_any_port(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from (name, f"{name}:*")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
