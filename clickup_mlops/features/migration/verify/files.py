"""Compares an item's files with its task's: by name and size and, if both are read, by content."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO, Final

from clickup_mlops.clickup.content import Attachment
from clickup_mlops.errors import NotFound, RetryableApiError
from clickup_mlops.features.migration.records import Asset
from clickup_mlops.features.migration.verify.fields import Finding
from clickup_mlops.features.migration.verify.text import line

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Content:
    """How a file is read on both sides; without `attachment` the contents are not compared."""

    asset: Callable[[Asset], BinaryIO]
    attachment: Callable[[Attachment], BinaryIO] | None = None


def compare(
    assets: Sequence[Asset], attachments: Sequence[Attachment], content: Content
) -> Iterator[tuple[str, Finding]]:
    """What differs. Files that are no asset's are people's own, except for second ones."""
    unmatched = list(attachments)
    for asset in assets:
        same_name = [
            attachment for attachment in unmatched if line(attachment.title) == line(asset.name)
        ]
        try:
            match = _best(asset, same_name, content)
        except (NotFound, RetryableApiError) as problem:
            match = same_name[0]
            yield "file content", (_described(asset.name, asset.size), str(problem))
        if match is None:
            near = same_name[0] if same_name else None
            yield "file", (_described(asset.name, asset.size), _attached(near))
            match = near
        if match is not None:
            unmatched.remove(match)
    names = {line(attachment.name) for attachment in assets}
    for attachment in unmatched:
        if line(attachment.title) in names:
            yield "file twice", ("", _attached(attachment))


def _best(asset: Asset, candidates: list[Attachment], content: Content) -> Attachment | None:
    """The attachment that is this file; one whose size nobody knows counts."""
    if not candidates:
        return None
    size, digest = asset.size, ""
    if size < 0 or content.attachment is not None:
        try:
            size, digest = measured(content.asset(asset))
        except NotFound:
            return candidates[0]  # it is gone from the source: what was moved is all there is
    for candidate in candidates:
        if candidate.size in (None, size) and _is_same(candidate, digest, content):
            return candidate
    return None


def _is_same(attachment: Attachment, digest: str, content: Content) -> bool:
    return content.attachment is None or measured(content.attachment(attachment))[1] == digest


def measured(stream: BinaryIO) -> tuple[int, str]:
    """Size in bytes and SHA-256 of a file, which is read in pieces and closed."""
    size, hashed = 0, sha256()
    with stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            hashed.update(chunk)
    return size, hashed.hexdigest()


def _described(name: str, size: int | None) -> str:
    return name if size is None or size < 0 else f"{name} ({size} bytes)"


def _attached(attachment: Attachment | None) -> str:
    return _described(attachment.title, attachment.size) if attachment else ""
