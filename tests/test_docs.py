"""What the pages promise exists: the coverage page, the layers, the commands."""

import pathlib
import re
import shutil
import subprocess
import sys

import botocore
import pytest

from support import contract
from support.server import ROOT


def run(*command, **options) -> subprocess.CompletedProcess:
    return subprocess.run([*map(str, command)], cwd=ROOT, capture_output=True, text=True, check=False, **options)


def commands() -> dict[str, str]:
    """What `make help` lists: name and line."""
    done = run("make", "-s", "help")
    assert done.returncode == 0, done.stderr
    return dict(re.match(r"make (\S+)\s+(.+)", line).groups() for line in done.stdout.splitlines() if line)


def check_coverage(page: pathlib.Path) -> subprocess.CompletedProcess:
    model = pathlib.Path(botocore.__file__).parent / "data/rekognition/2016-06-27/service-2.json.gz"
    return run(sys.executable, "contract/coverage.py", "--model", model, "--operations", "contract/operations.toml",
               "--page", page, "--check")


def test_the_coverage_page_is_up_to_date():
    done = check_coverage(ROOT / "docs/api-coverage.md")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stale_coverage_page_is_noticed(tmp_path):
    page = tmp_path / "api-coverage.md"
    page.write_text((ROOT / "docs/api-coverage.md").read_text().replace("DetectFaces", "DetectFeces"))
    stale = page.read_text()
    done = check_coverage(page)
    assert done.returncode == 1 and "api-coverage.md" in done.stderr
    assert page.read_text() == stale, "--check writes nothing"


def test_the_coverage_page_names_every_operation_and_what_stays_absent():
    page = (ROOT / "docs/api-coverage.md").read_text()
    assert [name for name in contract.operations() if not re.search(rf"\b{name}\b", page)] == []
    for field in ("Emotions", "Gender", "AgeRange", "Beard", "Mustache", "Eyeglasses", "Sunglasses"):
        assert field in page


def test_the_layers_hold():
    done = run("tools/check_layers")
    assert done.returncode == 0, done.stdout
    assert re.search(r"^[1-9]\d* files, 0 breaches", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(("file", "include", "says"), [
    ("base/x.h", '"server/http_server.h"', "base (row 0) may not include server"),
    ("api/x.cc", '"console/y.h"', "api (row 8) may not include console"),
    ("detect/x.cc", '"align/y.h"', "detect (row 3) may not include align"),
    ("server/x.cc", "<openvino/openvino.hpp>", "<openvino/openvino.hpp> belongs to infer only"),
    ("base/x.cc", '"x.h"', "names no room"),
    ("util/x.h", "<vector>", "stands in no room"),
], ids=["upward", "neighbour", "neighbour stage", "heavy library", "no room", "room of no row"])
def test_a_planted_breach_of_the_layers_is_caught(tmp_path, file, include, says):
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs/layers.txt", tmp_path / "docs")
    planted = tmp_path / "src" / file
    planted.parent.mkdir(parents=True)
    planted.write_text(f"#pragma once\n#include {include}\n")
    done = run("tools/check_layers", "--root", tmp_path)
    assert done.returncode == 1
    assert says in done.stdout and f"src/{file}" in done.stdout and "1 breaches" in done.stdout


def test_the_commands_are_all_there():
    assert {"help", "build", "demo", "serve", "test", "lint", "bench", "fuzz", "nightly"} <= commands().keys()
    for name, line in commands().items():
        assert len(line) >= 9, name


def test_each_command_of_help_is_a_target_whose_tools_exist():
    for name in commands():
        done = run("make", "-n", name)
        assert done.returncode == 0, (name, done.stderr)
        for tool in re.findall(r"(?<![\w/.])((?:tools|demo)/[\w.]+)", done.stdout):
            assert (ROOT / tool).exists(), f"make {name} needs {tool}"
            if not tool.endswith(".py"):
                assert (ROOT / tool).stat().st_mode & 0o111, f"{tool} is not executable"


def test_the_readme_leads_to_the_commands():
    text = (ROOT / "README.md").read_text()
    for word in ("make demo", "make serve", "make help", "likeness serve", "--endpoint-url", "docs/api-coverage.md"):
        assert word in text, f"README.md does not mention {word}"


def pages():
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_commands_that_pages_mention_exist():
    known = commands().keys()
    for page in pages():
        for name in re.findall(r"`make ([a-z]+)", page.read_text()):
            assert name in known, f"{page.name} mentions make {name}"


def test_links_of_the_pages_lead_somewhere():
    for page in pages():
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_what_stands_for_the_security_page_exists():
    """Each claim names code or a test."""
    page = (ROOT / "SECURITY.md").read_text()
    named = re.findall(r"`((?:src|tests|tools|package|docs|cmake)/[\w./-]+)`", page)
    assert len(named) > 40
    assert [name for name in named if not (ROOT / name).exists()] == []
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and cells[0] != "may try" and "---" not in cells[0]:
            assert "`" in cells[2] or not cells[2], line
            assert bool(cells[3]) or "**nothing**" in cells[1] or "root anyway" in cells[1], f"no test: {line}"
