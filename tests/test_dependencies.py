"""docs/dependencies.md names everything that is installed, in the version that is pinned."""

import pathlib
import re
import tomllib

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/dependencies.md").read_text()


def lines_of(name: str) -> list[str]:
    lines = (ROOT / "tools/requirements" / name).read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("package", lines_of("debian.txt") + lines_of("debian-lint.txt") +
                         lines_of("debian-nightly.txt") + lines_of("debian-bench.txt"))
def test_debian_package_is_explained(package):
    assert f"`{package}`" in PAGE


def pinned_versions() -> dict[str, str]:
    text = "".join((ROOT / f"tools/requirements/{name}.txt").read_text() for name in ("python", "openvino", "nightly", "bench", "bench-source"))
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("line", lines_of("python.in") + lines_of("openvino.in") + lines_of("nightly.in") +
                         lines_of("bench.in") + lines_of("bench-source.in"))
def test_python_package_is_explained_in_its_version(line):
    name = re.match(r"[a-z0-9-]+", line).group()
    assert name in PAGE
    assert pinned_versions()[name] in PAGE


MANIFESTS = {path.stem: tomllib.loads(path.read_text()) for path in sorted((ROOT / "models").rglob("*.toml"))}


@pytest.mark.parametrize("name", [name for name, manifest in MANIFESTS.items() if "join" not in manifest])
def test_package_of_a_model_is_named(name):
    package = MANIFESTS[name]["package"]
    assert f"`{package['name']}` {package['version']}" in PAGE


@pytest.mark.parametrize("name", [name for name, manifest in MANIFESTS.items() if "join" in manifest])
def test_a_joined_pack_is_made_of_installed_ones(name):
    assert all(member["pack"] in MANIFESTS for member in MANIFESTS[name]["join"])


CLIENTS = ROOT / "tests/clients"


@pytest.mark.parametrize(("file", "pattern"), [
    ("javascript/package.json", r'"@aws-sdk/client-rekognition": "([0-9.]+)"'),
    ("go/go.mod", r"service/rekognition v([0-9.]+)"),
    ("java/pom.xml", r"<artifactId>bom</artifactId>\s*<version>([0-9.]+)</version>"),
], ids=["javascript", "go", "java"])
def test_client_is_explained_in_its_version(file, pattern):
    version, = re.findall(pattern, (CLIENTS / file).read_text())
    assert f"| {version} |" in PAGE


def test_lock_files_name_no_host():
    """A registry is the business of the machine that installs."""
    for name in ("javascript/package-lock.json", "go/go.sum"):
        text = (CLIENTS / name).read_text()
        assert len(text) > 1000 and "://" not in text and "resolved" not in text, name
