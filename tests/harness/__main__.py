"""python -m harness --port 8080 --key KEY --secret SECRET --portrait FILE [--pid PID] [--seed N] [--size short|tiny|whole|long]

Runs against a server that is there already, prints every finding and a summary; ends with 1 if there was a finding.
"""

import argparse
import base64
import pathlib
import sys

from harness import run
from harness.client import Target


def main() -> int:
    parser = argparse.ArgumentParser(prog="harness", description=__doc__)
    for name in ("key", "secret", "portrait"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--pid", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--deadline", type=float, default=60)
    parser.add_argument("--size", choices=("short", "tiny", "whole", "long"), default="short")
    given = parser.parse_args()
    target = Target(given.host, given.port, given.key, given.secret, pid=given.pid, deadline=given.deadline)
    portrait = base64.b64encode(pathlib.Path(given.portrait).read_bytes()).decode()
    seen = run.run(target, portrait, getattr(run, given.size.upper()), given.seed)
    for finding in seen.findings:
        print(finding)
    print(f"{seen.exchanges} exchanges, {len(seen.findings)} findings, memory grew by {seen.growth // run.MIB} MiB")
    for code, count in seen.codes.most_common():
        print(f"{count:8} {code}")
    return 1 if seen.findings else 0


if __name__ == "__main__":
    sys.exit(main())
