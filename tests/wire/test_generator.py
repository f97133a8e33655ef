"""The contract generator itself, on descriptions of a few lines."""

import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "contract"))

import coverage  # noqa: E402
import coverage_table  # noqa: E402
import emit_operations  # noqa: E402
import emit_shapes  # noqa: E402
import emit_types  # noqa: E402
import model  # noqa: E402
import names  # noqa: E402
import output  # noqa: E402
import patterns  # noqa: E402


def _description(**shapes) -> dict:
    return {
        "metadata": {"targetPrefix": "T", "endpointPrefix": "t"},
        "operations": {
            "Put": {
                "input": {"shape": "PutRequest"},
                "output": {"shape": "PutResponse"},
                "errors": [{"shape": "E"}],
            },
            "Get": {"input": {"shape": "GetRequest"}, "output": {"shape": "PutResponse"}},
        },
        "shapes": {
            "PutRequest": {
                "type": "structure",
                "required": ["Name"],
                "members": {"Name": {"shape": "Name"}, "Data": {"shape": "Blob"}, "Inner": {"shape": "Inner"}},
            },
            "GetRequest": {"type": "structure", "members": {"Name": {"shape": "Name"}}},
            "PutResponse": {"type": "structure", "members": {"All": {"shape": "Inners"}}},
            "Inners": {"type": "list", "member": {"shape": "Inner"}},
            "Inner": {"type": "structure", "members": {"KeyARN": {"shape": "Name"}, "Color": {"shape": "Color"}}},
            "Name": {"type": "string", "min": 1, "max": 5, "pattern": "[a-z]+"},
            "Color": {"type": "string", "enum": ["RED", "DEFAULT"]},
            "Blob": {"type": "blob"},
            **shapes,
        },
    }


@pytest.mark.parametrize(
    "name, expected",
    [
        ("BoundingBox", "bounding_box"),
        ("CollectionARN", "collection_arn"),
        ("S3Object", "s3_object"),
        ("SNSTopicArn", "sns_topic_arn"),
        ("KVSStreamStartSelector", "kvs_stream_start_selector"),
        ("StartTimecodeSMPTE", "start_timecode_smpte"),
        ("leftEyeBrowLeft", "left_eye_brow_left"),
        ("AGE_RANGE", "age_range"),
        ("ROTATE_90", "rotate_90"),
        ("DEFAULT", "default_"),
        ("3D", "_3_d"),
    ],
)
def test_snake_case(name, expected):
    assert names.snake_case(name) == expected


def test_literals_are_bytes():
    assert names.quoted('a"\\é1') == '"a\\"\\\\\\303\\2511"'


@pytest.mark.parametrize(
    "source, expression, forbidden_start",
    [
        ("[a-z]+", "[a-z]+", ""),
        ("^(?!aws:)[a]*$", "[a]*$", "aws:"),
        (r"\S*", r"[^ \t\n\x0B\f\r]*", ""),
        (r"a.b", r"a[^\n\r\x{85}\x{2028}\x{2029}]b", ""),
        (r"[\u0009-\u00FF.]", r"[\x{9}-\x{FF}.]", ""),
        (r"(ab){0,2048}", r"(?:(ab){0,1000}(ab){0,1000}(ab){0,48})", ""),
        (r"[a]{2,1000}\.\d{3}", r"[a]{2,1000}\.\d{3}", ""),
    ],
)
def test_patterns_are_translated(source, expression, forbidden_start):
    assert patterns.translate(source) == patterns.Pattern(source, expression, forbidden_start)


@pytest.mark.parametrize(
    "source", ["a(?=b)", "(?!a|b)c", "a++", "[a&&b]", "[a[b]]", r"\bfoo", r"\p{Lu}", "a{5,2000}", "(a"]
)
def test_patterns_that_cannot_be_translated_stop_the_build(source):
    with pytest.raises(patterns.UnsupportedPattern):
        patterns.translate(source)


def test_shapes_belong_to_the_operation_that_uses_them():
    service = model.build(_description())
    homes = {shape.name: shape.home for shape in service.shapes}
    assert homes == {
        "Name": model.SHARED,
        "Blob": model.SHARED,
        "Color": model.SHARED,
        "PutRequest": "Put",
        "GetRequest": "Get",
        "Inner": model.SHARED,
        "Inners": model.SHARED,
        "PutResponse": model.SHARED,
    }
    order = [shape.name for shape in service.shapes]
    assert order.index("Inner") < order.index("Inners") < order.index("PutResponse")
    assert [operation.takes_blob for operation in service.operations] == [False, True]


def test_shapes_that_cpp_cannot_have_are_refused():
    with pytest.raises(ValueError, match="contains itself"):
        model.build(_description(Inner={"type": "structure", "members": {"Again": {"shape": "Inner"}}}))
    with pytest.raises(ValueError, match="list of booleans"):
        model.build(_description(Inner={"type": "list", "member": {"shape": "B"}}, B={"type": "boolean"}))


def test_a_second_service_gets_its_own_names(tmp_path):
    service = model.build(_description())
    table = coverage_table.build_table({"group": [{"title": "All", "operations": ["Get", "Put"]}]}, service)
    written = output.Output(tmp_path, "wire/second", "likeness::wire::second", "a test")
    emit_types.emit_types(service, written)
    emit_shapes.emit_shapes(service, written)
    emit_operations.emit_operations(service, table, written)
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")} == set(written.names)
    header = (tmp_path / "wire/second/put.h").read_text()
    assert "namespace likeness::wire::second {" in header
    assert "std::optional<std::string> name = {};  // required" in header
    assert '#include "wire/second/shared.h"' in header
    assert 'signing_name = "t"' in (tmp_path / "wire/second/operations.h").read_text()


def test_files_that_did_not_change_are_left_alone(tmp_path):
    written = output.Output(tmp_path, "p", "n", "a test")
    written.write("a.h", ["int x;"])
    before = (tmp_path / "p/a.h").stat().st_mtime_ns
    written.write("a.h", ["int x;"])
    assert (tmp_path / "p/a.h").stat().st_mtime_ns == before


def test_coverage_knows_the_fields():
    service = model.build(_description())
    data = {
        "group": [{"title": "All", "operations": ["Get", "Put"]}],
        "reasons": {"r": "Because."},
        "answered": {"Put": {"input": {"Inner.Color": "r"}, "output": {"All[].KeyARN": "Later."}}},
    }
    text = coverage.page(coverage_table.build_table(data, service))
    assert "| Get | not yet |" in text
    assert "| Put | [answered](#put) |" in text
    assert "| `Inner.Color` | Because. |" in text
    assert "| `All[].KeyARN` | Later. |" in text
    for side, field in (("input", "Nothing"), ("output", "All.KeyARN"), ("output", "All[].Key")):
        data["answered"] = {"Put": {side: {field: "r"}}}
        with pytest.raises(ValueError, match="there is no field"):
            coverage_table.build_table(data, service)


def test_every_operation_is_in_one_group():
    service = model.build(_description())
    for operations in (["Get"], ["Get", "Put", "Put"], ["Get", "Put", "Pat"]):
        with pytest.raises(ValueError, match="one group"):
            coverage_table.build_table({"group": [{"title": "All", "operations": operations}]}, service)
