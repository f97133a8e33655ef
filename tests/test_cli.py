"""The AWS CLI as people use it: an endpoint URL, a local file, and what it prints."""

import json
import subprocess

import pytest

from support import pictures
from support.server import ROOT, clean_environment

AWS = ROOT / ".deps/venv/bin/aws"
OBAMA = f"fileb://{pictures.TESTDATA / 'obama.jpg'}"
OBAMA2 = f"fileb://{pictures.TESTDATA / 'obama2.jpg'}"


@pytest.fixture
def aws(server, tmp_path):
    """Runs `aws rekognition ...`; options replace parts of the environment."""
    def run(*arguments: str, endpoint: bool = True, **env: str) -> subprocess.CompletedProcess:
        settings = {"HOME": str(tmp_path), "AWS_ACCESS_KEY_ID": server.keys[0], "AWS_SECRET_ACCESS_KEY": server.keys[1],
                    "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
                    "AWS_PAGER": ""} | env
        where = ["--endpoint-url", server.url] if endpoint else []
        given = {name: value for name, value in settings.items() if value is not None}
        return subprocess.run([AWS, "rekognition", *arguments, *where], capture_output=True, text=True, timeout=300,
                              env=clean_environment(**given), stdin=subprocess.DEVNULL, check=False)
    return run


def test_detect_faces(aws):
    done = aws("detect-faces", "--image-bytes", OBAMA, "--attributes", "ALL")
    assert done.returncode == 0, done.stderr
    face, = json.loads(done.stdout)["FaceDetails"]
    assert {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality", "Smile"} <= face.keys()


def test_detect_faces_with_a_query(aws):
    done = aws("detect-faces", "--image-bytes", OBAMA, "--query", "FaceDetails[0].BoundingBox.Left", "--output", "text")
    assert done.returncode == 0, done.stderr
    assert 0.3 < float(done.stdout) < 0.5


def test_compare_faces(aws):
    done = aws("compare-faces", "--source-image-bytes", OBAMA, "--target-image-bytes", OBAMA2,
               "--similarity-threshold", "85")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["FaceMatches"][0]["Similarity"] >= 85
    assert answer["SourceImageFace"]["BoundingBox"]["Width"] > 0


def test_an_error_is_printed_with_its_name(aws, tmp_path):
    (tmp_path / "text.jpg").write_text("not a picture")
    done = aws("detect-faces", "--image-bytes", f"fileb://{tmp_path}/text.jpg")
    assert done.returncode not in (0, 2)
    assert "An error occurred (InvalidImageFormatException) when calling the DetectFaces operation" in done.stderr


def test_an_operation_without_meaning_says_so(aws):
    done = aws("detect-custom-labels", "--project-version-arn",
               "arn:aws:rekognition:us-east-1:123456789012:project/p/version/v/1600000000000", "--image-bytes", OBAMA)
    if done.returncode != 0:
        assert "UnsupportedOperationException" in done.stderr or "ResourceNotFoundException" in done.stderr
        assert "DetectCustomLabels" in done.stderr


def test_the_wrong_secret(aws):
    done = aws("detect-faces", "--image-bytes", OBAMA, AWS_SECRET_ACCESS_KEY="wrong")
    assert done.returncode != 0 and "InvalidSignatureException" in done.stderr


def test_with_the_endpoint_in_the_environment(aws, server):
    done = aws("detect-faces", "--image-bytes", OBAMA, endpoint=False, AWS_ENDPOINT_URL_REKOGNITION=server.url)
    assert done.returncode == 0, done.stderr


def test_as_on_a_bare_debian(aws, server, tmp_path):
    """No keys in the environment, a credentials file and a config file in the home folder, a plain locale."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/credentials").write_text(
        f"[default]\naws_access_key_id = {server.keys[0]}\naws_secret_access_key = {server.keys[1]}\n")
    (tmp_path / ".aws/config").write_text("[default]\nregion = us-east-1\noutput = json\n")
    done = aws("detect-faces", "--image-bytes", OBAMA, AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None,
               AWS_DEFAULT_REGION=None, LC_ALL="C", LANG="C", PATH="/usr/bin:/bin")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["FaceDetails"]) == 1


def test_with_the_file_that_the_server_wrote(own_server, aws):
    with own_server(keys=None) as running:
        done = aws("detect-faces", "--image-bytes", OBAMA, "--endpoint-url", running.url, endpoint=False,
                   AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None,
                   AWS_SHARED_CREDENTIALS_FILE=str(running.data / "credentials"))
        assert done.returncode == 0, done.stderr


# What scripts rely on: exit codes, input as JSON, and pages.

ANY_ARN = "arn:aws:rekognition:us-east-1:123456789012:project/p/version/v/1600000000000"


def test_exit_codes(aws, tmp_path):
    """Scripts tell success from failure, and a command line that cannot be (2) from what the service refused (255)."""
    (tmp_path / "text.jpg").write_text("not a picture")
    assert aws("detect-faces", "--image-bytes", OBAMA).returncode == 0
    assert aws("detect-faces", "--image-bytes", f"fileb://{tmp_path}/text.jpg").returncode == 255
    assert aws("detect-faces", "--output", "no-such-format").returncode == 2
    nobody = aws("detect-faces", "--image-bytes", OBAMA, AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
    assert nobody.returncode == 255 and "credentials" in nobody.stderr.lower()
    nothing = aws("detect-faces", "--image-bytes", OBAMA, "--endpoint-url", "http://127.0.0.1:1", endpoint=False)
    assert nothing.returncode == 255 and "Could not connect" in nothing.stderr


def test_typed_errors_by_name_and_code(aws):
    for arguments, name in (
            (("compare-faces", "--source-image-bytes", OBAMA, "--target-image-bytes", OBAMA, "--similarity-threshold", "101"),
             "InvalidParameterException"),
            (("create-collection", "--collection-id", "a b"), "InvalidParameterException"),
            (("start-project-version", "--project-version-arn", ANY_ARN, "--min-inference-units", "0"), None)):
        done = aws(*arguments)
        assert done.returncode not in (0, 2), done.stdout
        assert name is None or f"An error occurred ({name})" in done.stderr, done.stderr


def test_input_as_json(aws, tmp_path):
    """Members from a file; an option beside it goes first. (Version 1 of the CLI takes no bytes from JSON.)"""
    (tmp_path / "request.json").write_text(json.dumps({"Attributes": ["SMILE"], "Image": {"S3Object": {"Bucket": "b"}}}))
    done = aws("detect-faces", "--cli-input-json", f"file://{tmp_path}/request.json", "--image-bytes", OBAMA)
    assert done.returncode == 0, done.stderr
    face, = json.loads(done.stdout)["FaceDetails"]
    assert "Smile" in face and "EyesOpen" not in face


def test_a_skeleton_and_back(aws, tmp_path):
    """What --generate-cli-skeleton prints is a request: filled in, and sent, it is answered."""
    made = aws("detect-faces", "--generate-cli-skeleton")
    assert made.returncode == 0, made.stderr
    request = json.loads(made.stdout)
    assert set(request) == {"Image", "Attributes"} and len(request["Attributes"]) == 1
    (tmp_path / "request.json").write_text(made.stdout)
    done = aws("detect-faces", "--cli-input-json", f"file://{tmp_path}/request.json", "--image-bytes", OBAMA2)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["FaceDetails"]) == 1


@pytest.mark.parametrize("command", ["create-stream-processor", "start-media-analysis-job", "index-faces", "compare-faces"])
def test_skeletons_as_they_are_reach_validation(aws, tmp_path, command):
    """Empty strings and zeros everywhere: the service names what is wrong, it does not stumble."""
    made = aws(command, "--generate-cli-skeleton")
    (tmp_path / "request.json").write_text(made.stdout)
    done = aws(command, "--cli-input-json", f"file://{tmp_path}/request.json")
    assert done.returncode not in (0, 2)
    assert "An error occurred (InvalidParameterException)" in done.stderr or "Invalid length" in done.stderr, done.stderr


def test_output_formats(aws):
    for form, starts in (("json", "{"), ("table", "--"), ("text", "FACEDETAILS")):
        done = aws("detect-faces", "--image-bytes", OBAMA, "--output", form)
        assert done.returncode == 0 and done.stdout.lstrip().startswith(starts), (form, done.stdout[:80], done.stderr)


@pytest.fixture
def collections(aws, request):
    """Three collections; skips as long as the server has none of these operations (--collections: then it fails)."""
    names = [f"cli-{number}" for number in range(3)]
    first = aws("create-collection", "--collection-id", names[0])
    if "UnsupportedOperationException" in first.stderr and not request.config.getoption("--collections"):
        pytest.skip("this server has no collections")
    assert first.returncode == 0, first.stderr
    for name in names[1:]:
        assert aws("create-collection", "--collection-id", name).returncode == 0
    yield names
    for name in names:
        assert aws("delete-collection", "--collection-id", name).returncode == 0


def test_pages(aws, collections):
    """The CLI pages by itself; --page-size is how, --max-items and --starting-token are for people who page by hand."""
    def ids(*arguments: str) -> dict:
        done = aws("list-collections", *arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    everything = [name for name in ids("--page-size", "1")["CollectionIds"] if name in collections]
    assert everything == collections
    found, token = [], []
    for _ in range(50):
        page = ids("--page-size", "1", "--max-items", "1", *token)
        found += page["CollectionIds"]
        if "NextToken" not in page:
            break
        token = ["--starting-token", page["NextToken"]]
    assert [name for name in found if name in collections] == collections
    alone = ids("--no-paginate", "--max-results", "1")
    assert len(alone["CollectionIds"]) == 1 and alone["NextToken"]


def test_a_token_of_ones_own_making(aws, collections):
    done = aws("list-collections", "--no-paginate", "--next-token", "QUJD")
    assert done.returncode not in (0, 2)
    assert "An error occurred (InvalidPaginationTokenException)" in done.stderr
