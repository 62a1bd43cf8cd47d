"""Links to files: one that needs a login, and one that is signed for an hour."""

import hashlib
import hmac
from urllib.parse import quote, urlencode

from clickup_mlops.sandbox.monday.state.model import Asset

LIFE_S = 3_600
_KEY = b"the sandbox signs its links with this"


def build_protected_url(base_url: str, account_id: int, asset: Asset) -> str:
    """The link for people who are logged in."""
    name = quote(asset.name)
    return f"{base_url}/protected_static/{account_id}/resources/{asset.id}/{name}"


def build_presigned_url(base_url: str, asset: Asset, now_ms: int) -> str:
    """A link that everybody can open until `LIFE_S` seconds from now."""
    at_s = now_ms // 1000
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Date": str(at_s),
        "X-Amz-Expires": str(LIFE_S),
        "X-Amz-Signature": _sign(asset.id, at_s),
    }
    return f"{base_url}/files/{asset.id}/{quote(asset.name)}?{urlencode(query)}"


def is_open(asset_id: int, at_s: str, signature: str, now_ms: int) -> bool:
    """Whether a link with these parts is signed by us and still lives."""
    if not at_s.isdigit() or now_ms // 1000 >= int(at_s) + LIFE_S:
        return False
    return hmac.compare_digest(_sign(asset_id, int(at_s)), signature)


def _sign(asset_id: int, at_s: int) -> str:
    return hmac.new(_KEY, f"{asset_id} {at_s}".encode(), hashlib.sha256).hexdigest()
