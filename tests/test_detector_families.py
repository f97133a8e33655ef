"""A detector of a known family is one manifest and no code: toy networks with the outputs of SCRFD and RetinaFace."""

import hashlib

import pytest
from PIL import Image

from support import pictures, toy_detectors
from support.server import PACKS, run_likeness

SCRFD_NAMES = ["448", "471", "494", "451", "474", "497", "454", "477", "500"]  # as exports number them
RETINAFACE_NAMES = ["boxes", "classes", "points"]
INPUT = {"scrfd": "mean = [127.5, 127.5, 127.5]\nscale = 0.0078125", "retinaface": "mean = [117.0, 117.0, 117.0]\nscale = 1.0"}
GREY = (128, 128, 128)
OUTPUTS = {"scrfd": SCRFD_NAMES, "retinaface": RETINAFACE_NAMES}


@pytest.fixture
def shown(tmp_path):
    """Pictures for the check: a green square where the astronaut's nose is, and nothing but grey."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "astronaut.png").write_bytes(square((0, 255, 0)))
    (folder / "chelsea.png").write_bytes(pictures.png(Image.new("RGB", (451, 300), GREY)))
    return folder


def square(colour) -> bytes:
    portrait = Image.new("RGB", (512, 512), GREY)
    portrait.paste(colour, (219, 117, 232, 130))
    return pictures.png(portrait)


def make_pack(folder, family: str, names: list[str] | None = None, more: str = "anchors = 2"):
    pack = folder / f"toy_{family}"
    pack.mkdir()
    model = pack / "toy.onnx"
    getattr(toy_detectors, family)(model, OUTPUTS[family])
    listed = ", ".join(f'"{name}"' for name in (OUTPUTS[family] if names is None else names))
    (pack / "pack.toml").write_text(f'''
name = "toy_{family}"
task = "face_detection"
version = "1.0"
file = "toy.onnx"
sha256 = "{hashlib.sha256(model.read_bytes()).hexdigest()}"
licence = "Apache-2.0"
provenance = "made by a test"
[input]
layout = "NCHW"
channels = "RGB"
{INPUT[family]}
[detector]
decoder = "{family}"
{f"outputs = [{listed}]" if listed else ""}
{more}
score_threshold = 0.5
nms_iou = 0.3
upright_score = 0.6
''')
    return pack


@pytest.mark.parametrize("family", OUTPUTS)
def test_a_pack_of_the_family_finds_what_it_should(binary, tmp_path, shown, family):
    done = run_likeness("models", "check", make_pack(tmp_path, family), "--pictures", shown)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "finds one face" in done.stdout and "WRONG" not in done.stdout


@pytest.mark.parametrize("old,new", [("mean = [127.5, 127.5, 127.5]", "mean = [127.5, 0, 127.5]"), ('channels = "RGB"', 'channels = "BGR"'),
                                     ("scale = 0.0078125", "scale = 1.0")])
def test_what_the_network_is_fed_matters(binary, tmp_path, shown, old, new):
    pack = make_pack(tmp_path, "scrfd")
    manifest = pack / "pack.toml"
    assert old in manifest.read_text()
    if "channels" in old:  # green is in the middle either way: a red square tells the orders apart
        (shown / "astronaut.png").write_bytes(square((255, 0, 0)))
    else:
        manifest.write_text(manifest.read_text().replace(old, new))
    done = run_likeness("models", "check", pack, "--pictures", shown)
    assert done.returncode == 1 and "WRONG" in done.stdout, done.stdout


@pytest.mark.parametrize("family,names,more,said", [
    ("scrfd", SCRFD_NAMES[:8], "anchors = 2", "8 names, its decoder reads 9"),
    ("scrfd", SCRFD_NAMES, "anchors = 3", "numbers where its decoder reads"),
    ("scrfd", SCRFD_NAMES, "anchors = 0", "from 1 to 16"),
    ("scrfd", SCRFD_NAMES, "", "anchors"),
    ("scrfd", [], "anchors = 2", "no output score_8"),
    ("scrfd", SCRFD_NAMES[3:] + SCRFD_NAMES[:3], "anchors = 2", "numbers where its decoder reads"),
    ("retinaface", RETINAFACE_NAMES[:2], "", "2 names, its decoder reads 3"),
    ("retinaface", ["boxes", "boxes", "points"], "", "numbers where its decoder reads"),
])
def test_outputs_that_do_not_fit_are_refused_with_what_is_wrong(binary, tmp_path, shown, family, names, more, said):
    done = run_likeness("models", "check", make_pack(tmp_path, family, names, more), "--pictures", shown)
    assert done.returncode == 1 and said in done.stderr, done.stderr


def test_a_server_runs_with_such_a_detector(own_server, tmp_path, shown):
    """It finds the green square; the mesh says that it is no face."""
    packs = tmp_path / "packs"
    packs.mkdir()
    make_pack(packs, "scrfd")
    server = own_server(arguments=("--packs", PACKS, "--packs", packs, "--detector", "toy_scrfd"))
    answer = server.client().detect_faces(Image={"Bytes": (shown / "astronaut.png").read_bytes()})
    assert answer["FaceDetails"] == []
