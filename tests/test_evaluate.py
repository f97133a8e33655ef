"""`likeness evaluate` on pictures that packages ship: reports that parse, numbers that fit together, and what is refused."""

import html.parser
import json

import pytest
from PIL import Image, ImageEnhance

from support.pictures import FACELESS, PORTRAITS, TESTDATA, file_bytes
from support.server import run_likeness


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """Six people: three photographed, each in some variants, and three drawn from nothing that is a face."""
    folder = tmp_path_factory.mktemp("people")
    portraits = {"barack": ("obama.jpg", "obama2.jpg", "obama3.jpg"), "joe": ("biden.jpg",), "eileen": ("astronaut.png",)}
    for person, files in portraits.items():
        (folder / person).mkdir()
        for file in files:
            with Image.open(TESTDATA / file) as picture:
                picture = picture.convert("RGB")
                picture.save(folder / person / f"{file}.png")
                ImageEnhance.Brightness(picture.resize((picture.width * 3 // 4, picture.height * 3 // 4))).enhance(0.8).save(
                    folder / person / f"{file}-darker.jpg", quality=85)
    (folder / "cat").mkdir()
    (folder / "cat" / "chelsea.png").write_bytes(file_bytes("chelsea.png"))
    (folder / "cat" / "broken.jpg").write_bytes(b"no picture")
    with (folder / "cat" / "huge.jpg").open("wb") as huge:
        huge.truncate(60 << 20)
    return folder


class Checker(html.parser.HTMLParser):
    """That what is opened is closed, and that nothing is loaded from elsewhere."""

    def __init__(self):
        super().__init__()
        self.open, self.tags = [], set()

    def handle_starttag(self, tag, attributes):
        assert not {"src", "href"} & {name for name, _ in attributes}
        self.tags.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        assert not {"src", "href"} & {name for name, _ in attributes}
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def checked(page: str) -> set[str]:
    checker = Checker()
    checker.feed(page)
    assert not checker.open
    return checker.tags


def evaluate(kind, source, out, *more, expect=0):
    done = run_likeness("evaluate", kind, source, "--out", out, *more)
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_faces(people, tmp_path):
    said = evaluate("faces", people, tmp_path / "out")
    report = json.loads((tmp_path / "out" / "faces.json").read_text())
    assert checked((tmp_path / "out" / "faces.html").read_text()) >= {"table", "svg"}
    assert (report["version"], report["kind"], report["pictures"], report["people"]) == (1, "faces", 13, 4)
    unusable = {entry["picture"]: entry["problem"] for entry in report["unusable"]}
    assert unusable.keys() == {"cat/chelsea.png", "cat/broken.jpg", "cat/huge.jpg"}
    assert "no face" in unusable["cat/chelsea.png"] and "50 MiB" in unusable["cat/huge.jpg"]
    assert report["comparisons"] == {"same": 15 + 1 + 1 + 3, "different": 78 - 20}
    at = {entry["similarity"]: entry for entry in report["at_similarity"]}
    assert at[80]["false_matches"] == 0 and at[80]["true_match_rate"] >= 14 / 20
    assert at[35]["true_match_rate"] >= at[99]["true_match_rate"]
    assert report["accuracy"]["folds"] == [], "four people are too few for ten folds"
    assert "too few comparisons" in said and "faces.html" in said


def test_search_and_groups(people, tmp_path):
    evaluate("search", people, tmp_path / "out")
    report = json.loads((tmp_path / "out" / "search.json").read_text())
    assert report["kind"] == "search" and report["draws"] == 5
    checked((tmp_path / "out" / "search.html").read_text())
    table = people.parent / "list.csv"
    rows = ["path,person,group"] + [f"{path},{path.parent.name},{'left' if path.parent.name < 'f' else 'right'}"
                                    for path in sorted(people.rglob("*.*"))]
    table.write_text("\n".join(rows))
    said = evaluate("groups", table, tmp_path / "out")
    report = json.loads((tmp_path / "out" / "groups.json").read_text())
    assert [group["name"] for group in report["groups"]] == ["left", "right"]
    assert all(group["too_small"] for group in report["groups"])
    assert "too small for a statement" in (tmp_path / "out" / "groups.html").read_text()
    assert "No two groups that are large enough" in said


def test_pairs_of_a_list(tmp_path):
    folder = tmp_path / "images"
    for person, files in {"Barack": ("obama.jpg", "obama2.jpg", "obama3.jpg"), "Joe": ("biden.jpg",), "Eve": ("astronaut.png",)}.items():
        (folder / person).mkdir(parents=True)
        for number, file in enumerate(files, 1):
            with Image.open(TESTDATA / file) as picture:
                picture.convert("RGB").save(folder / person / f"{person}_{number:04d}.jpg", quality=95)
    pairs = tmp_path / "pairs.txt"
    pairs.write_text("2\t1\nBarack\t1\t2\nBarack\t1\tJoe\t1\nBarack\t2\t3\nEve\t1\tJoe\t1\n")
    evaluate("faces", folder, tmp_path / "out", "--pairs", pairs)
    report = json.loads((tmp_path / "out" / "faces.json").read_text())
    assert report["accuracy"] == {"pairs_given": True, "mean": 1, "error_of_mean": 0, "folds": [1, 1]}
    evaluate("faces", folder, tmp_path / "out", "--ignore", "Barack/Barack_0001.jpg,Joe/Joe_0001.jpg")
    fewer = json.loads((tmp_path / "out" / "faces.json").read_text())
    assert fewer["comparisons"]["different"] == report["comparisons"]["different"] - 1


def test_detect(tmp_path):
    rows = ["path,left,top,width,height"]
    for portrait in PORTRAITS:
        left, top, right, bottom = portrait.box
        rows.append(f"{TESTDATA / portrait.file},{left},{top},{right - left},{bottom - top}")
    rows += [f"{TESTDATA / name}" for name in FACELESS]
    (tmp_path / "boxes.csv").write_text("\n".join(rows))
    said = evaluate("detect", tmp_path / "boxes.csv", tmp_path / "out")
    report = json.loads((tmp_path / "out" / "detect.json").read_text())
    checked((tmp_path / "out" / "detect.html").read_text())
    assert report["found"]["of"] == len(PORTRAITS) and report["found"]["count"] == len(PORTRAITS)
    assert report["pictures"] == len(PORTRAITS) + len(FACELESS) and report["unusable"] == []
    assert report["at_confidence"][-1]["right"]["share"] == 1
    assert "too few faces" in said


def test_what_is_refused_says_why(people, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "holds no pictures" in evaluate("faces", tmp_path / "empty", tmp_path / "out", expect=1)
    assert "no such folder" in evaluate("search", tmp_path / "none", tmp_path / "out", expect=1)
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    assert "path, person" in evaluate("groups", tmp_path / "bad.csv", tmp_path / "out", expect=1)
    assert "comma" in evaluate("faces", people, tmp_path / "out", "--ignore", "a", expect=1)
    assert "nobody" in evaluate("faces", people, tmp_path / "out", "--embedder", "nobody", expect=1)
    (tmp_path / "file").write_text("x")
    assert "cannot be made" in evaluate("faces", people, tmp_path / "file" / "out", expect=1)
