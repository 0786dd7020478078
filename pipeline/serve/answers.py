"""Answers: stable JSON, conditional requests, compression, files in parts, safe names."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import unicodedata
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, BinaryIO, Final
from urllib.parse import quote

from fastapi import Request
from starlette.concurrency import iterate_in_threadpool
from starlette.responses import Response, StreamingResponse

from pipeline.serve.ports import Blob
from pipeline.serve.problems import ProblemError

JSON: Final = "application/json"
_CHUNK: Final = 1 << 18
_NAME_CHARS: Final = 120
VARY: Final = "Accept, Accept-Encoding, Authorization"
#: Raised when the same content is written in another way: stored answers must not look current.
_FORM_VERSION: Final = "1"


def dumps(value: Any) -> bytes:
    """JSON, the same bytes for the same value; text that UTF-8 does not hold is replaced."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace")


def etag(*parts: object, strong: bool = False) -> str:
    """A tag made of what decides the answer.

    Weak where the answer may be compressed on its way: the same content, not the same bytes.
    """
    digest = hashlib.sha256("\0".join(map(str, (_FORM_VERSION, *parts))).encode()).hexdigest()[:40]
    return f'"{digest}"' if strong else f'W/"{digest}"'


def current(request: Request, tag: str) -> bool:
    """Whether the asker has this very content (If-None-Match, by weak comparison)."""
    if request.method not in ("GET", "HEAD"):
        return False  # what a request did is always told
    asked = request.headers.getlist("if-none-match")
    names = {name.strip().removeprefix("W/") for line in asked for name in line.split(",")}
    return "*" in names or tag.removeprefix("W/") in names


def _headers(tag: str | None, *, secret: bool) -> dict[str, str]:
    cache = "no-store" if secret else "private, no-cache"
    return {"Vary": VARY, "Cache-Control": cache} | ({"ETag": tag} if tag else {})


def answer(
    request: Request,
    body: bytes | Callable[[], bytes],
    *,
    media_type: str = JSON,
    tag: str | None = None,
    secret: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A whole body, or 304 where the asker has it already.

    :param body: the bytes, or how to make them once they are needed (then ``tag`` is needed)
    :param secret: it holds what must not be kept on a disk on its way
    """
    if tag is None and not callable(body):
        tag = etag(hashlib.sha256(body).hexdigest())
    sent = _headers(tag, secret=secret) | dict(headers or {})
    if tag is not None and current(request, tag):
        return Response(status_code=304, headers=sent)
    data = body() if callable(body) else body
    least: int = request.app.state.settings.gzip_min_bytes
    if len(data) >= least and not media_type.startswith("image/") and accepts_gzip(request):
        data = gzip.compress(data, 5, mtime=0)
        sent["Content-Encoding"] = "gzip"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    # Set as a header: Starlette adds a character set of its own to text.
    return Response(data, headers={**sent, "Content-Type": media_type})


def accepts_gzip(request: Request) -> bool:
    """Whether the asker reads gzip."""
    for part in request.headers.get("accept-encoding", "").split(","):
        name, _, quality = part.strip().partition(";")
        if name.strip().lower() in ("gzip", "*"):
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", quality)
    return False


def gzipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """A stream, compressed on its way; the same bytes for the same chunks."""
    packer = zlib.compressobj(5, wbits=31)  # with gzip's header
    for chunk in chunks:
        if packed := packer.compress(chunk):
            yield packed
    yield packer.flush()


def accepts(request: Request, *media_types: str) -> None:
    """That the asker takes one of these.

    :raises ProblemError: 406
    """
    header = ",".join(request.headers.getlist("accept")).strip()
    if not header:
        return
    ranges = []
    for part in header.split(","):
        name, *parameters = (p.strip().lower() for p in part.split(";"))
        if not any(re.fullmatch(r"q\s*=\s*0(\.0*)?", p) for p in parameters):
            ranges.append(name)
    for media_type in media_types:
        kind = media_type.partition("/")[0]
        if {"*/*", f"{kind}/*", media_type} & set(ranges):
            return
    raise ProblemError(406, f"This is there as {' or '.join(media_types)}.")


def produces(*media_types: str) -> Callable[[Request], Awaitable[None]]:
    """A dependency: the asker takes one of these."""

    async def check(request: Request) -> None:  # no thread for so little
        accepts(request, *media_types)

    return check


async def takes_json(request: Request) -> None:
    """A dependency: what is sent is JSON.

    :raises ProblemError: 415
    """
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent != JSON:
        raise ProblemError(415, "The body must be JSON.", headers={"Accept-Post": JSON})


# -- files ---------------------------------------------------------------------------------------


def attachment(name: str) -> str:
    """A Content-Disposition (RFC 6266) that saves a file and can name no other place.

    Of a path only the last part is kept; control characters and those that turn text around go.
    """
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(" " if c.isspace() else c for c in base if unicodedata.category(c)[0] != "C")
    safe = re.sub(r'["*:<>?|\ufffd]', "_", kept).strip(" .")[-_NAME_CHARS:].strip(" .")
    safe = safe or "document"
    plain = unicodedata.normalize("NFD", safe.replace("đ", "d").replace("Đ", "D"))
    ascii_name = re.sub(r"[^A-Za-z0-9 ._()+-]", "_", re.sub(r"[\u0300-\u036f]", "", plain))
    # A name of nothing but marks has none left here.
    ascii_name = ascii_name.strip(" .") or "document"
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(safe, safe='')}"


def send_file(
    request: Request, blob: Blob, tag: str, *, secret: bool, attached: bool = True
) -> Response:
    """A file, or the part of it that was asked for (Range), from an open stream."""
    headers = _headers(tag, secret=secret) | {"Accept-Ranges": "bytes"}
    headers["Content-Type"] = blob.media_type
    if attached:
        headers["Content-Disposition"] = attachment(blob.name)
    if current(request, tag):
        blob.file.close()
        return Response(status_code=304, headers=headers)
    first, last, status = 0, blob.size_bytes - 1, 200
    asked = request.headers.get("range")
    if asked is not None and request.headers.get("if-range", tag) == tag:
        part = _range(asked, blob.size_bytes)
        if part is not None:
            first, last = part
            if first > last:
                blob.file.close()
                size = {"Content-Range": f"bytes */{blob.size_bytes}"}
                raise ProblemError(416, f"The file has {blob.size_bytes} bytes.", headers=size)
            status = 206
            headers["Content-Range"] = f"bytes {first}-{last}/{blob.size_bytes}"
    headers["Content-Length"] = str(last - first + 1)
    chunks = iterate_in_threadpool(_chunks(blob.file, first, last - first + 1))
    return StreamingResponse(chunks, status, headers)


def _range(asked: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range; ``None``: not one, so the whole file is sent.

    An empty one (first > last) cannot be met.
    """
    found = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", asked.strip())
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        count = int(last)
        return (max(0, size - count), size - 1) if count else (1, 0)
    if last and int(last) < int(first):
        return None
    end = min(int(last), size - 1) if last else size - 1
    return int(first), end


def _chunks(file: BinaryIO, start: int, count: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while count > 0 and (chunk := file.read(min(_CHUNK, count))):
            count -= len(chunk)
            yield chunk
