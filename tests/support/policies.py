"""Policies as an operator puts them, by `likeness policy`."""

import json
import pathlib

from support.server import run_likeness


def run(data: pathlib.Path, *arguments: str, code: int = 0) -> str:
    """Standard output of `likeness policy ...`; of a failure, standard error."""
    done = run_likeness("policy", *arguments, "--data", data)
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    if code:
        assert done.stdout == "" and done.stderr.startswith("likeness: ")
        return done.stderr
    return done.stdout


def document(*statements: dict) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action="*", resource="*", **more) -> dict:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action="*", resource="*", **more) -> dict:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def put(data: pathlib.Path, name: str, *statements: dict, folder: pathlib.Path) -> None:
    file = folder / f"{name}.json"
    file.write_text(document(*statements))
    assert run(data, "put", name, str(file)) == f"policy {name} is in force\n"
