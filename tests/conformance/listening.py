"""A listener: a small HTTP server on the loopback that keeps the notices it is sent."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from typing import Any

WAIT_SECONDS = 15


class Heard:
    """What was heard, as it comes."""

    def __init__(self, url: str, queue: "Queue[dict[str, Any]]") -> None:
        self.url = url
        self.queue = queue

    def wait(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """This will give the first notice that fits; fails when none comes in time."""
        try:
            while not fits(notice := self.queue.get(timeout=WAIT_SECONDS)):
                pass
            return notice
        except Empty:
            raise AssertionError("no such notice came") from None


@contextmanager
def listening() -> Iterator[Heard]:
    """This will listen on a free port for a while."""
    queue: Queue[dict[str, Any]] = Queue()

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            queue.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(201)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Tests do not log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True).start()
    yield Heard(f"http://127.0.0.1:{server.server_port}/", queue)
    server.shutdown()
    server.server_close()
