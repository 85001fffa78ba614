"""A small object store that speaks S3's protocol on loopback: as much as Arrow's client asks for.

It keeps objects in memory and checks no signatures. What it refuses, it refuses as S3 does.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

_ISO: Final = "%Y-%m-%dT%H:%M:%S.000Z"


@dataclass(slots=True)
class Store:
    """What the store holds: objects by ``bucket/key``, with the time of their last change."""

    objects: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    """Objects whose bytes are not given out: 503."""
    port: int = 0

    def put(self, path: str, content: bytes) -> None:
        """Keep an object."""
        self.objects[path] = (content, datetime.now(UTC).replace(microsecond=0))

    def address(self, path: str) -> str:
        """Return the address of an object or prefix for Arrow."""
        return f"s3://{path}?endpoint_override=127.0.0.1:{self.port}&scheme=http&region=us-east-1"


@contextmanager
def serving(buckets: tuple[str, ...]) -> Iterator[Store]:
    """Serve a store with empty buckets while the context is open."""
    store = Store()
    for bucket in buckets:
        store.objects[bucket] = (b"", datetime.now(UTC))
    numbers = count(1)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            path, asked = self._asked()
            bucket, _, key = path.partition("/")
            if not key:
                self._list(bucket, asked)
                return
            if path in store.failing:
                self._answer(503, _error("SlowDown"))
                return
            self._object(path, body=True)

        def do_HEAD(self) -> None:
            path, _ = self._asked()
            self._object(path, body=False)

        def do_PUT(self) -> None:
            path, asked = self._asked()
            content = self._content()
            with lock:
                if "uploadId" in asked:
                    store.uploads[asked["uploadId"]][int(asked["partNumber"])] = content
                else:
                    store.put(path, content)
            self._answer(200, headers={"ETag": _etag(content)})

        def do_POST(self) -> None:
            path, asked = self._asked()
            self._content()
            with lock:
                if "uploads" in asked:
                    upload = f"upload-{next(numbers)}"
                    store.uploads[upload] = {}
                    told = f"<UploadId>{upload}</UploadId>"
                    self._answer(200, _xml("InitiateMultipartUploadResult", told))
                    return
                parts = store.uploads.pop(asked["uploadId"])
                whole = b"".join(parts[number] for number in sorted(parts))
                store.put(path, whole)
            told = f"<Key>{escape(path)}</Key><ETag>{escape(_etag(whole))}</ETag>"
            self._answer(200, _xml("CompleteMultipartUploadResult", told))

        def do_DELETE(self) -> None:
            path, asked = self._asked()
            with lock:
                if "uploadId" in asked:
                    store.uploads.pop(asked["uploadId"], None)
                else:
                    store.objects.pop(path, None)
            self._answer(204)

        def _asked(self) -> tuple[str, dict[str, str]]:
            told = urlsplit(self.path)
            query = parse_qs(told.query, keep_blank_values=True)
            path = unquote(told.path).strip("/")
            store.requests.append(f"{self.command} {path}")
            return path, {name: values[0] for name, values in query.items()}

        def _content(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "") == "chunked":
                content = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    content += self.rfile.read(size)
                    self.rfile.readline()
                while self.rfile.readline().strip():
                    pass  # what trails
            else:
                content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            signed = self.headers.get("x-amz-content-sha256", "").startswith("STREAMING-")
            if not signed and "aws-chunked" not in self.headers.get("Content-Encoding", ""):
                return content
            plain = b""
            while content:  # S3's own pieces: each its size in hexadecimal, then its bytes
                head, _, content = content.partition(b"\r\n")
                length = int(head.split(b";")[0], 16)
                if not length:
                    break
                plain += content[:length]
                content = content[length + 2 :]
            return plain

        def _object(self, path: str, *, body: bool) -> None:
            found = store.objects.get(path)
            if found is None:
                self._answer(404, _error("NoSuchKey") if body else b"")
                return
            content, changed = found
            headers = {
                "ETag": _etag(content),
                "Last-Modified": format_datetime(changed, usegmt=True),
                "Accept-Ranges": "bytes",
            }
            asked = self.headers.get("Range", "")
            if body and asked.startswith("bytes="):
                begin, _, end = asked[6:].partition("-")
                first, last = int(begin), min(int(end or len(content)), len(content) - 1)
                headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
                self._answer(206, content[first : last + 1], headers)
                return
            self._answer(200, content, headers, body=body)

        def _list(self, bucket: str, asked: dict[str, str]) -> None:
            if bucket not in store.objects:
                self._answer(404, _error("NoSuchBucket"))
                return
            prefix, delimiter = asked.get("prefix", ""), asked.get("delimiter", "")
            after = asked.get("continuation-token", asked.get("start-after", ""))
            most = int(asked.get("max-keys", "1000"))
            told: dict[str, str] = {}
            for path in sorted(store.objects):
                key = path.removeprefix(f"{bucket}/")
                if key == path or not key.startswith(prefix) or key <= after:
                    continue
                rest = key[len(prefix) :]
                if delimiter and delimiter in rest:
                    folder = prefix + rest.split(delimiter)[0] + delimiter
                    told[folder] = (
                        f"<CommonPrefixes><Prefix>{escape(folder)}</Prefix></CommonPrefixes>"
                    )
                    continue
                content, changed = store.objects[path]
                told[key] = (
                    f"<Contents><Key>{escape(key)}</Key><Size>{len(content)}</Size>"
                    f"<LastModified>{changed.strftime(_ISO)}</LastModified>"
                    f"<ETag>{escape(_etag(content))}</ETag></Contents>"
                )
            names = list(told)[:most]
            more = len(told) > most
            token = (
                f"<NextContinuationToken>{escape(names[-1])}</NextContinuationToken>"
                if more
                else ""
            )
            self._answer(
                200,
                _xml(
                    "ListBucketResult",
                    f"<Name>{bucket}</Name><Prefix>{escape(prefix)}</Prefix>"
                    f"<KeyCount>{len(names)}</KeyCount>{token}"
                    f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>"
                    + "".join(told[name] for name in names),
                ),
            )

        def _answer(
            self,
            status: int,
            content: bytes = b"",
            headers: dict[str, str] | None = None,
            *,
            body: bool = True,
        ) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if body:
                self.wfile.write(content)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    store.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _etag(content: bytes) -> str:
    return f'"{md5(content, usedforsecurity=False).hexdigest()}"'


def _xml(kind: str, inside: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return (
        f'{head}<{kind} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{inside}</{kind}>'.encode()
    )


def _error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
