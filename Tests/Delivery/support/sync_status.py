"""As much of CodeConnections as a verifier asks: how the latest Git sync of a stack went. No emulator has it."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class SyncStatus:
    """A server on loopback that tells what was noted; or refuses, where nothing may be seen."""

    def __init__(self):
        self.attempts = {}
        self.refuses = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def note(self, stack, status, revision, event):
        self.attempts[stack] = {
            "Status": status, "StartedAt": time.time(), "TargetRevision": {"Sha": revision},
            "Events": [{"Event": event}],
        }  # fmt: skip

    def answer(self, action, call):
        if self.refuses:
            return 400, {"__type": "AccessDeniedException", "message": "not allowed"}
        assert action == "GetResourceSyncStatus" and call["SyncType"] == "CFN_STACK_SYNC", (action, call)
        if call["ResourceName"] not in self.attempts:
            return 400, {"__type": "ResourceNotFoundException", "message": "no sync"}
        return 200, {"LatestSync": self.attempts[call["ResourceName"]]}

    def _handler(self):
        answer = self.answer

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, said = answer(self.headers["X-Amz-Target"].split(".")[-1], call)
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        return Handler
