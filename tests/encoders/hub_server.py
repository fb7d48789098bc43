"""A model hub on this machine: as much of the Hugging Face hub as downloads need."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

COMMIT = "c0ffee" + "0" * 34
NEXT_COMMIT = "beef" + "0" * 36


@dataclass
class Hub:
    """What the server offers, and how it misbehaves.

    Attributes:
        endpoint: For HF_ENDPOINT.
        repository: The only one there is.
        files: By path.
        commit: The newest commit; the same files under every commit.
        altered: Content that is sent in place of a file's, without telling.
        cut: Bytes after which the connection breaks, by path.
        requests: "METHOD path", in order.
    """

    endpoint: str
    repository: str
    files: dict[str, bytes]
    commit: str = COMMIT
    altered: dict[str, bytes] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)


@contextmanager
def serve(repository: str, folder: Path) -> Iterator[Hub]:
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    hub = Hub(f"http://127.0.0.1:{server.server_port}", repository, files)
    server.hub = hub
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def is_large(name: str) -> bool:
    return name.endswith((".onnx", "_value"))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def hub(self) -> Hub:
        return self.server.hub

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        path = self.path.partition("?")[0]
        self.hub.requests.append(f"{self.command} {path}")
        prefix = f"/{self.hub.repository}/resolve/"
        commit, _, name = path.removeprefix(prefix).partition("/")
        if path.startswith(f"/api/models/{self.hub.repository}"):
            revision = path.rpartition("/revision/")[2] if "/revision/" in path else None
            self._send(json.dumps(self._listing(revision)).encode(), {}, with_body=with_body)
        elif (
            path.startswith(prefix)
            and path.removeprefix(prefix).partition("/")[2] in self.hub.files
        ):
            commit, _, name = path.removeprefix(prefix).partition("/")
            self._file(commit, name, with_body=with_body)
        else:
            self._send(b"{}", {"X-Error-Code": "RepoNotFound"}, status=404, with_body=with_body)

    def _listing(self, revision: str | None) -> dict:
        siblings = []
        for name, content in self.hub.files.items():
            git = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            sibling = {"rfilename": name, "size": len(content), "blobId": git}
            if is_large(name):
                sha256 = hashlib.sha256(content).hexdigest()
                sibling["lfs"] = {"sha256": sha256, "size": len(content), "pointerSize": 130}
            siblings.append(sibling)
        identity = {"id": self.hub.repository, "modelId": self.hub.repository}
        return {**identity, "sha": revision or self.hub.commit, "siblings": siblings}

    def _file(self, commit: str, name: str, *, with_body: bool) -> None:
        content = self.hub.files[name]
        tag = hashlib.sha256(content) if is_large(name) else hashlib.sha1(content)
        headers = {"X-Repo-Commit": commit, "ETag": f'"{tag.hexdigest()}"'}
        self._send(self.hub.altered.get(name, content), headers, with_body=with_body, name=name)

    def _send(
        self,
        body: bytes,
        headers: dict[str, str],
        *,
        status: int = 200,
        with_body: bool,
        name: str = "",
    ) -> None:
        start = 0
        if with_body and (wanted := self.headers.get("Range", "")).startswith("bytes="):
            start = int(wanted[len("bytes=") :].partition("-")[0])
            status = 206
            headers |= {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
        self.send_response(status)
        for key, content in {**headers, "Content-Length": str(len(body) - start)}.items():
            self.send_header(key, content)
        self.end_headers()
        if not with_body:
            return
        if name in self.hub.cut:
            self.wfile.write(body[start : self.hub.cut[name]])
            self.close_connection = True
            return
        self.wfile.write(body[start:])

    def log_message(self, *args: object) -> None:
        pass
