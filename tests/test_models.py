"""Model packs: listed with licence, provenance and state; used only if each file is the one that its manifest names."""

import shutil

import pytest

from support import pictures
from support.server import PACKS, StartFailed, run_likeness

DEFAULT_PACKS = {"yunet_s": "yunet_s.onnx", "face_mesh": "face_landmark.tflite", "iris": "iris_landmark.tflite",
                 "fr_feature": "fr_feature.onnx"}
SECOND_CHOICES = {"centerface": "centerface.onnx", "mobilefacenet_192": "MobileFaceNet.tflite", "joined_704": None}


@pytest.fixture
def packs(tmp_path):
    """A copy that may be damaged."""
    return shutil.copytree(PACKS, tmp_path / "packs")


def refused(own_server, packs) -> str:
    with pytest.raises(StartFailed) as raised:
        own_server(arguments=("--packs", packs))
    assert raised.value.code is not None and raised.value.code > 0, "an exit code, not a signal"
    assert "http://" not in raised.value.stdout
    return raised.value.stderr


def test_list_of_packs(binary):
    done = run_likeness("models")
    assert done.returncode == 0, done.stderr
    for name in DEFAULT_PACKS | SECOND_CHOICES:
        assert name in done.stdout
    for task in ("face_detection", "face_mesh", "iris", "face_embedding"):
        assert task in done.stdout
    for licence in ("BSD-3", "Apache-2.0", "MIT"):
        assert licence in done.stdout
    assert "NOT documented" in done.stdout, "what is not known of a model's origin is said"
    assert "WIDER FACE" in done.stdout


def test_list_of_packs_elsewhere(binary, packs):
    shutil.rmtree(packs / "centerface")
    done = run_likeness("models", "--packs", packs)
    assert done.returncode == 0, done.stderr
    assert "yunet_s" in done.stdout and "centerface" not in done.stdout


@pytest.mark.parametrize("pack", DEFAULT_PACKS)
def test_the_list_says_which_pack_is_damaged(binary, packs, pack):
    sound = run_likeness("models", "--packs", packs)
    flip(packs / pack / DEFAULT_PACKS[pack])
    damaged = run_likeness("models", "--packs", packs)
    assert damaged.stdout != sound.stdout
    assert DEFAULT_PACKS[pack] in damaged.stdout + damaged.stderr
    assert "sha256" in (damaged.stdout + damaged.stderr).lower().replace("-", "")


def flip(file) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def test_packs_from_another_folder(own_server, packs):
    server = own_server(arguments=("--packs", packs))
    assert len(server.client().detect_faces(Image={"Bytes": pictures.file_bytes("obama.jpg")})["FaceDetails"]) == 1


@pytest.mark.parametrize("pack", DEFAULT_PACKS)
def test_a_flipped_bit_is_refused_with_the_files_name(own_server, packs, pack):
    flip(packs / pack / DEFAULT_PACKS[pack])
    message = refused(own_server, packs)
    assert DEFAULT_PACKS[pack] in message and "sha256" in message.lower().replace("-", "")


@pytest.mark.parametrize("pack", DEFAULT_PACKS)
def test_a_missing_file_is_refused_with_its_name(own_server, packs, pack):
    (packs / pack / DEFAULT_PACKS[pack]).unlink()
    assert DEFAULT_PACKS[pack] in refused(own_server, packs)


def test_a_cut_file_is_refused(own_server, packs):
    file = packs / "yunet_s/yunet_s.onnx"
    file.write_bytes(file.read_bytes()[:1000])
    assert "yunet_s.onnx" in refused(own_server, packs)


def test_a_file_of_another_pack_is_refused(own_server, packs):
    shutil.copy(packs / "centerface/centerface.onnx", packs / "yunet_s/yunet_s.onnx")
    assert "yunet_s.onnx" in refused(own_server, packs)


@pytest.mark.parametrize("task", ["yunet_s", "face_mesh", "fr_feature"])
def test_a_missing_pack_is_refused(own_server, packs, task):
    """A second choice does not step in by itself: another model gives other answers."""
    shutil.rmtree(packs / task)
    assert task in refused(own_server, packs)


def test_an_empty_folder_is_refused(own_server, tmp_path):
    (tmp_path / "empty").mkdir()
    message = refused(own_server, tmp_path / "empty")
    assert "yunet_s" in message or str(tmp_path / "empty") in message


def test_a_manifest_that_does_not_parse_is_named(own_server, packs):
    (packs / "yunet_s/pack.toml").write_text("name = [")
    assert "yunet_s" in refused(own_server, packs)


def test_a_manifest_with_another_hash(own_server, packs):
    manifest = packs / "fr_feature/pack.toml"
    lines = ['sha256 = "' + "0" * 64 + '"' if line.startswith("sha256") else line
             for line in manifest.read_text().splitlines()]
    manifest.write_text("\n".join(lines))
    assert "fr_feature.onnx" in refused(own_server, packs)


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd"])
def test_a_manifest_does_not_reach_out_of_its_folder(own_server, packs, name):
    manifest = packs / "yunet_s/pack.toml"
    manifest.write_text(manifest.read_text().replace('file = "yunet_s.onnx"', f'file = "{name}"'))
    assert "yunet_s" in refused(own_server, packs)


def check(*arguments):
    return run_likeness("models", "check", *arguments)


@pytest.mark.parametrize("pack", DEFAULT_PACKS | SECOND_CHOICES)
def test_each_pack_does_what_its_manifest_expects(binary, pack):
    done = check(pack)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WRONG" not in done.stdout and "expected" in done.stdout and " ms for " in done.stdout


def edited(packs, pack: str, old: str, new: str) -> None:
    manifest = packs / pack / "pack.toml"
    text = manifest.read_text()
    assert old in text
    manifest.write_text(text.replace(old, new))


@pytest.mark.parametrize("pack,old,new", [
    ("fr_feature", "scale = 0.0078125", "scale = 1.0"), ("yunet_s", 'channels = "BGR"', 'channels = "RGB"'),
    ("face_mesh", "scale = 0.00392156862745098", "scale = 1.0"), ("fr_feature", "norm = 3.5973", "norm = 3.9"),
    ("mobilefacenet_192", 'channels = "RGB"', 'channels = "BGR"'), ("iris", "points = [", "points = [9.0, ")])
def test_a_pack_that_is_fed_wrongly_or_gives_something_else(binary, packs, pack, old, new):
    edited(packs, pack, old, new)
    done = check(pack, "--packs", packs)
    assert done.returncode == 1 and "WRONG" in done.stdout, done.stdout
    assert pack in done.stderr and "[input]" in done.stderr


def test_a_pack_without_a_licence_is_refused(binary, own_server, packs):
    edited(packs, "fr_feature", 'licence = "MIT"', 'licence = ""')
    done = check("fr_feature", "--packs", packs)
    assert done.returncode == 1 and "licence" in done.stderr and "fr_feature" in done.stderr
    assert "licence" in refused(own_server, packs)


def test_a_pack_in_a_folder_of_its_own_that_expects_nothing(binary, tmp_path):
    shutil.copytree(PACKS / "fr_feature", tmp_path / "mine")
    manifest = tmp_path / "mine/pack.toml"
    text = manifest.read_text().replace('name = "fr_feature"', 'name = "mine"')
    manifest.write_text(text[:text.index("[expected]")])
    done = check(f"{tmp_path}/mine")
    assert done.returncode == 0, done.stderr
    seen = done.stdout[done.stdout.index("[expected]"):]
    manifest.write_text(manifest.read_text() + seen)
    again = check(f"{tmp_path}/mine/")
    assert again.returncode == 0 and "the manifest's expected values" in again.stdout, again.stdout + again.stderr


def test_a_check_of_what_is_not_there(binary, tmp_path):
    assert "no model pack is called nobody" in check("nobody").stderr
    done = check("yunet_s", "--pictures", tmp_path)
    assert done.returncode == 1 and "astronaut.png" in done.stderr
