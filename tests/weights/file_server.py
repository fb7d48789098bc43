"""A server of files on this machine that can be made to misbehave in every way that servers do."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from time import sleep


@dataclass
class Answer:
    """What is sent for one path.

    Attributes:
        content: The file.
        status: Instead of 200 or 206.
        cut: Bytes of the body after which the connection is closed.
        stall: Bytes of the body after which nothing more comes, though the connection stays.
        slow: Seconds between the eight parts that the body is sent in.
        ranges: Whether `Range` is heeded.
        length: Whether the length is declared.
        tag: Whether an ETag is sent.
        skew: How far the first byte that is sent lies from the one that was asked for.
        headers: To send as well.
    """

    content: bytes = b""
    status: int | None = None
    cut: int | None = None
    stall: int | None = None
    slow: float = 0.0
    ranges: bool = True
    length: bool = True
    tag: bool = True
    skew: int = 0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """A running server.

    Attributes:
        url: Its address, without a slash at the end.
        answers: By path.
        requests: Path and `Range` header, in order.
        sent: Bytes of bodies that were sent.
    """

    url: str
    answers: dict[str, Answer]
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    sent: int = 0
    closing: Event = field(default_factory=Event)


@contextmanager
def serve(answers: dict[str, Answer] | None = None) -> Iterator[Site]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.site = Site(f"http://127.0.0.1:{server.server_port}", answers or {})
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.site
    finally:
        server.site.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        site = self.server.site
        path = self.path.partition("?")[0]
        site.requests.append((path, self.headers.get("Range")))
        answer = site.answers.get(path, Answer(status=404))
        tag = f'"{hashlib.sha256(answer.content).hexdigest()[:16]}"'
        start = self._start(answer, tag)
        if start and start >= len(answer.content):
            answer, start = Answer(status=416), 0
        body = answer.content[start:]
        self.send_response(answer.status or (206 if start else 200))
        headers = dict(answer.headers)
        if answer.length:
            headers["Content-Length"] = str(len(body))
        if start:
            last = len(answer.content) - 1
            headers["Content-Range"] = f"bytes {start}-{last}/{len(answer.content)}"
        if answer.tag:
            headers["ETag"] = tag
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        with suppress(ConnectionError):
            self._send(answer, body)

    def _start(self, answer: Answer, tag: str) -> int:
        wanted = self.headers.get("Range")
        if wanted is None or not answer.ranges or self.headers.get("If-Range", tag) != tag:
            return 0
        return int(wanted.removeprefix("bytes=").partition("-")[0]) + answer.skew

    def _send(self, answer: Answer, body: bytes) -> None:
        site = self.server.site
        end = min(len(body) if n is None else n for n in (answer.cut, answer.stall))
        step = -(-end // 8) if answer.slow else end
        for at in range(0, end, step or 1):
            self.wfile.write(body[at : min(at + step, end)])
            self.wfile.flush()
            site.sent += min(step, end - at)
            sleep(answer.slow)
        if answer.stall is not None:
            site.closing.wait(10)

    def log_message(self, *args: object) -> None:
        pass
