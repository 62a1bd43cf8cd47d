"""Seals the ClickUp token of a person who signed in: the store alone cannot open it.

The key is made of the token of the grant, of which the store keeps a hash. Only the browser's
cookie, or the address of an embedded view, has it.
"""

import base64
import hashlib
from typing import Final

_PURPOSE: Final = b"clickup-mlops: token in ClickUp:"


def seal(clickup_token: str, grant_token: str) -> str:
    """The token, encrypted and signed (Fernet); empty: there is none."""
    from cryptography.fernet import Fernet  # comes with authlib, which sign-in needs

    if not clickup_token:
        return ""
    return Fernet(_key(grant_token)).encrypt(clickup_token.encode()).decode()


def unseal(sealed: str, grant_token: str) -> str:
    """What was sealed for this grant; empty: nothing, or for another."""
    from cryptography.fernet import Fernet, InvalidToken

    try:
        return Fernet(_key(grant_token)).decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken:
        return ""


def _key(grant_token: str) -> bytes:
    # 256 random bits need no slow derivation.
    return base64.urlsafe_b64encode(hashlib.sha256(_PURPOSE + grant_token.encode()).digest())
