"""A gate before a server: of three requests it throttles two and lets the third pass, so that a client must retry.

What it answers is what the server itself answers when it has too much to do (src/api/error_table.cc); the request that
passes goes on byte for byte, its Host too, which is signed.
"""

import http.client
import http.server
import json
import threading
import uuid

THROTTLED = json.dumps({"__type": "ThrottlingException", "Code": "ThrottlingException",
                        "message": "Rate exceeded", "Message": "Rate exceeded"}).encode()


class Gate:
    """A context manager; `url` is where clients go, `requests` how many came."""

    def __init__(self, server):
        gate = self
        self.requests = 0
        self._lock = threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                if gate._passes():
                    self._answer(*gate._ask(server, self.headers, body))
                else:
                    self._answer(400, {"content-type": "application/x-amz-json-1.1",
                                       "x-amzn-requestid": str(uuid.uuid4())}, THROTTLED)

            def _answer(self, status, headers, body):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._listener.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._listener.server_port}"
        self._thread = threading.Thread(target=self._listener.serve_forever, daemon=True)

    def _passes(self) -> bool:
        with self._lock:
            self.requests += 1
            return self.requests % 3 == 0

    @staticmethod
    def _ask(server, headers, body: bytes):
        connection = http.client.HTTPConnection(server.host, server.port, timeout=300)
        try:
            connection.putrequest("POST", "/", skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            kept = {name: answer.headers[name] for name in ("content-type", "x-amzn-requestid")}
            return answer.status, kept, answer.read()
        finally:
            connection.close()

    def __enter__(self) -> "Gate":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._listener.shutdown()
        self._listener.server_close()
