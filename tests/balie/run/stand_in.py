"""The real launcher over real servers, with a tiny web process in the place of Balie's programs.

Run as `python -m tests.balie.run.stand_in` with the launcher's variables: what is tested is who
starts, restarts and stops whom, and that takes seconds, not a migration.
"""

import http.server
import os
import sys
from pathlib import Path

from balie.run import launch
from balie.run.balie_home import ROOT, Home
from balie.run.servers.services import Program


class Healthy(http.server.BaseHTTPRequestHandler):
    """Answers everything with 200."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.send_header("X-Port", str(self.server.server_address[1]))
        self.end_headers()

    do_POST = do_GET  # noqa: N815 -- http.server's name


def programs(options: launch.Options, _home: Home) -> dict[str, Program]:
    web = [sys.executable, "-m", "tests.balie.run.stand_in", "web", str(options.port)]
    worker = "import signal, sys, time; signal.signal(signal.SIGTERM, {}); time.sleep(999)"
    # STUBBORN: ignores SIGTERM, as a process with a full queue may; it has to end all the same.
    at_term = "signal.SIG_IGN" if "STUBBORN" in os.environ else "lambda *_: sys.exit()"
    return {
        "web": Program(web, cwd=str(ROOT)),
        "worker": Program([sys.executable, "-c", worker.format(at_term)], cwd=str(ROOT)),
    }


def main() -> int:
    if sys.argv[1:2] == ["web"]:
        http.server.HTTPServer(("127.0.0.1", int(sys.argv[2])), Healthy).serve_forever()
    launch.balie_programs = programs
    launch.prepare = lambda home: Path(home.log / "prepare.log").touch()
    return launch.main()


if __name__ == "__main__":
    sys.exit(main())
