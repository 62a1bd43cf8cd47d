"""Downloads: signed links for an hour, and the ones that need a login."""

import mimetypes
import time

from flask import Response, request

from clickup_mlops.sandbox.core.clock import real_ms
from clickup_mlops.sandbox.core.stats import Exchange
from clickup_mlops.sandbox.monday.edge.edge import Services
from clickup_mlops.sandbox.monday.state import links, talk

DENIED = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
)


def download(services: Services, asset_id: int) -> Response:
    """The file, or 403 if the link has expired or is not signed by us."""
    fault = services.faults.take_call_fault("GET", request.path)
    if fault is not None and fault.kind == "slow":
        time.sleep(fault.wait_s)
    response = _read_file(services, asset_id)
    if fault is not None and fault.kind == "status":
        response = Response(DENIED, fault.status_code, content_type="application/xml")
    _count_exchange(services, response)
    if fault is not None and fault.kind in ("cut_before", "cut_after"):
        request.environ["sandbox.cut"]()
    elif fault is not None and fault.kind == "cut_half":
        body = response.get_data()
        response.set_data(body[: len(body) // 2])
        response.headers["Content-Length"] = str(len(body))
    return response


def _read_file(services: Services, asset_id: int) -> Response:
    world, query = services.graph.world, request.args
    at_s, signature = query.get("X-Amz-Date", ""), query.get("X-Amz-Signature", "")
    asset = world.assets.get(asset_id)
    if asset is None or not links.is_open(asset_id, at_s, signature, world.now_ms()):
        return Response(DENIED, 403, content_type="application/xml")
    kind = mimetypes.guess_type(asset.name)[0] or "application/octet-stream"
    return Response(talk.read_content(asset), 200, content_type=kind)


def _count_exchange(services: Services, response: Response) -> None:
    services.stats.count(
        Exchange(
            "GET",
            "/files/{asset_id}/{name}",
            request.path,
            "",
            "",
            b"",
            response.status_code,
            response.mimetype or "",
            b"",
            "",
            real_ms(),
        )
    )


def demand_login(_account_id: int, _asset_id: int, _name: str) -> Response:
    """What an API client gets from a `protected_static` link: a page that asks for a login."""
    return Response("<!doctype html><title>Log in</title>", 401, content_type="text/html")
