"""Files as a multipart body that is read while it is sent, so that size costs no memory."""

from collections.abc import Iterator, Mapping
from io import SEEK_END, BytesIO
from typing import Any

from urllib3.fields import RequestField
from urllib3.filepost import choose_boundary

from clickup_mlops.clickup.request import File


class Multipart:
    """The body of an upload. `rewind` makes it ready to be sent again, from the first byte."""

    def __init__(self, files: Mapping[str, File]) -> None:
        # Built by hand: requests would read whole files into memory to encode them.
        boundary = choose_boundary()
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._parts: list[Any] = []
        for key, (name, content, media) in files.items():
            head = RequestField.from_tuples(key, (name, b"", media)).render_headers()
            self._parts += [
                _open_part(f"--{boundary}\r\n{head}"),
                _open_part(content),
                _open_part("\r\n"),
            ]
        self._parts.append(_open_part(f"--{boundary}--\r\n"))
        self._starts = [part.tell() for part in self._parts]
        self._at = 0

    def __len__(self) -> int:
        return sum(map(_measure_rest, self._parts, self._starts))

    def __iter__(self) -> Iterator[bytes]:
        """Only says that it is a stream; it is `read`."""
        return iter(lambda: self.read(65_536), b"")

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; none at the end."""
        while self._at < len(self._parts):
            chunk: bytes = self._parts[self._at].read(size)
            if chunk:
                return chunk
            self._at += 1
        return b""

    def rewind(self) -> None:
        """Back to the first byte."""
        self._at = 0
        for part, start in zip(self._parts, self._starts, strict=True):
            part.seek(start)


def _open_part(content: Any) -> Any:
    if isinstance(content, str | bytes):
        return BytesIO(content.encode() if isinstance(content, str) else content)
    # A pipe cannot be sent again, nor tell how long it is: it has to be read before.
    return content if content.seekable() else BytesIO(content.read())


def _measure_rest(part: Any, start: int) -> int:
    """Bytes from there to the end."""
    end: int = part.seek(0, SEEK_END)
    part.seek(start)
    return end - start
