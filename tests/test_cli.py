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
