"""Files by name, size and, if both sides are read, content."""

from io import BytesIO
from typing import BinaryIO

from clickup_mlops.clickup.content import Attachment
from clickup_mlops.errors import NotFound
from clickup_mlops.features.migration.records import Asset
from clickup_mlops.features.migration.verify.files import Content, compare

OURS = {"f1": b"abc", "f2": b"abd"}


def opened(asset: Asset) -> BinaryIO:
    if asset.id not in OURS:
        raise NotFound("gone")
    return BytesIO(OURS[asset.id])


def attachment(name: str, content: bytes, size: int | None = None) -> Attachment:
    return Attachment("1", name, content.decode(), 0, len(content) if size is None else size)


def read(attached: Attachment) -> BinaryIO:
    """The tests' attachments have their content as their address."""
    return BytesIO(attached.url.encode())


FULL = Content(opened, read)
QUICK = Content(opened)
ONE, TWO = Asset("f1", "a.txt", "1", size=3), Asset("f2", "a.txt", "1", size=3)


def test_equal_content_is_no_difference() -> None:
    """Two files of one name and size are told apart."""
    attachments = [attachment("a.txt", b"abd"), attachment("a.txt", b"abc")]

    assert list(compare([ONE, TWO], attachments, FULL)) == []


def test_another_content_is_found_only_if_it_is_read() -> None:
    """Name and size are the same."""
    attachments = [attachment("a.txt", b"xyz")]

    assert list(compare([ONE], attachments, QUICK)) == []
    ((part, values),) = compare([ONE], attachments, FULL)
    assert (part, values) == ("file", ("a.txt (3 bytes)", "a.txt (3 bytes)"))


def test_a_file_that_is_gone_from_the_source_counts_by_its_name() -> None:
    """There is nothing to compare it with."""
    asset = Asset("f9", "a.txt", "1")

    assert list(compare([asset], [attachment("a.txt", b"xyz")], FULL)) == []
    ((_, values),) = compare([asset], [], FULL)
    assert values == ("a.txt", "")


def test_a_second_file_of_the_name_is_found_and_other_files_are_peoples() -> None:
    """What people attach later is no difference."""
    attachments = [attachment("a.txt", b"abc"), attachment("a.txt", b"abc"), attachment("b", b"")]

    ((part, values),) = compare([ONE], attachments, QUICK)

    assert (part, values) == ("file twice", ("", "a.txt (3 bytes)"))


def test_a_file_of_clickup_that_cannot_be_read_is_said() -> None:
    """Nobody knows whether it is the same."""

    def refuse(attached: Attachment) -> BinaryIO:
        raise NotFound(f"{attached.title} is protected")

    ((part, values),) = compare([ONE], [attachment("a.txt", b"abc")], Content(opened, refuse))

    assert (part, values) == ("file content", ("a.txt (3 bytes)", "a.txt is protected"))
