#!/usr/bin/env python3
"""`make demo`: a real server, a stock boto3 client, photographs that ship in packages, and what came of it.

    demo.py --binary build/release/likeness --out build/demo

Starts the server on a free port with a data folder of its own below --out, calls DetectFaces and CompareFaces,
enrols people in a collection and searches them, prints tables, writes the pictures with boxes and landmarks drawn, and stops the server.
"""

import argparse
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import boto3
import botocore.session
from PIL import Image, ImageDraw

ROOT = pathlib.Path(__file__).resolve().parent.parent
PICTURES = ROOT / ".deps/testdata"
DETECT = ["astronaut.png", "obama.jpg", "obama_partial_face.jpg", "biden.jpg", "chelsea.png"]
COMPARE = [
    ("obama.jpg", "obama2.jpg", "the same man"),
    ("obama2.jpg", "obama3.jpg", "the same man"),
    ("obama.jpg", "biden.jpg", "two men"),
    ("astronaut.png", "biden.jpg", "a woman and a man"),
]
ENROL = [("obama.jpg", "barack"), ("obama2.jpg", "barack"), ("biden.jpg", "joe")]
SEARCH = ["obama3.jpg", "biden.jpg", "astronaut.png"]


class Server:
    """The server as a child process; its log goes to a file beside the pictures."""

    def __init__(self, binary: pathlib.Path, out: pathlib.Path):
        self.data = out / "data"
        self.log = open(out / "server.log", "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [str(binary), "serve", "--data", str(self.data), "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.endpoint = next((line.strip() for line in self.process.stdout if line.startswith("http://")), None)
        if self.endpoint is None:
            sys.exit(f"demo: the server did not start; see {self.log.name}")

    def client(self):
        session = botocore.session.Session()
        session.set_config_variable("credentials_file", str(self.data / "credentials"))
        return boto3.Session(botocore_session=session, region_name="us-east-1").client(
            "rekognition", endpoint_url=self.endpoint)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        self.log.close()


def describe(attribute: dict | None) -> str:
    if attribute is None:
        return "-"
    return f"{'yes' if attribute['Value'] else 'no'} {attribute['Confidence']:.0f}"


def detect(client, name: str, out: pathlib.Path) -> None:
    started = time.monotonic()
    faces = client.detect_faces(Image={"Bytes": (PICTURES / name).read_bytes()}, Attributes=["ALL"])["FaceDetails"]
    millis = (time.monotonic() - started) * 1000
    print(f"\n  {name}: {len(faces)} face{'' if len(faces) == 1 else 's'}, {millis:.0f} ms")
    if faces:
        print(f"    {'box (left top width height)':29}{'sure':>6}{'roll yaw pitch':>17}{'bright sharp':>15}"
              f"{'eyes open':>11}{'mouth open':>12}{'smile':>9}{'occluded':>10}")
    for face in faces:
        box, pose, quality = face["BoundingBox"], face["Pose"], face["Quality"]
        place = "  ".join(f"{box[key]:.3f}" for key in ("Left", "Top", "Width", "Height"))
        turn = f"{pose['Roll']:.0f} {pose['Yaw']:.0f} {pose['Pitch']:.0f}"
        light = f"{quality['Brightness']:.0f} {quality['Sharpness']:.0f}"
        print(f"    {place:29}{face['Confidence']:6.1f}{turn:>17}{light:>15}"
              f"{describe(face.get('EyesOpen')):>11}{describe(face.get('MouthOpen')):>12}"
              f"{describe(face.get('Smile')):>9}{describe(face.get('FaceOccluded')):>10}")
    draw(name, faces, out)


def draw(name: str, faces: list[dict], out: pathlib.Path) -> None:
    picture = Image.open(PICTURES / name).convert("RGB")
    pen = ImageDraw.Draw(picture)
    width, height = picture.size
    dot = max(1, width // 400)
    for face in faces:
        box = face["BoundingBox"]
        left, top = box["Left"] * width, box["Top"] * height
        pen.rectangle([left, top, left + box["Width"] * width, top + box["Height"] * height],
                      outline=(64, 220, 120), width=max(2, width // 250))
        for landmark in face["Landmarks"]:
            x, y = landmark["X"] * width, landmark["Y"] * height
            pen.ellipse([x - dot, y - dot, x + dot, y + dot], fill=(255, 210, 0))
    picture.save(out / (pathlib.Path(name).stem + ".jpg"), quality=90)


def compare(client) -> None:
    print(f"\n  {'source':18}{'target':18}{'shows':20}{'Similarity':>11}  at the default threshold of 80")
    for source, target, truth in COMPARE:
        answer = client.compare_faces(
            SourceImage={"Bytes": (PICTURES / source).read_bytes()},
            TargetImage={"Bytes": (PICTURES / target).read_bytes()}, SimilarityThreshold=0)
        best = max((match["Similarity"] for match in answer["FaceMatches"]), default=0.0)
        print(f"  {source:18}{target:18}{truth:20}{best:11.1f}  {'match' if best >= 80 else 'no match'}")


def enrol_and_search(client) -> None:
    """A collection: people enrolled, found, corrected and forgotten."""
    collection = "demo"
    client.create_collection(CollectionId=collection)
    print(f"\n  {'enrolled':20}{'FaceId':38}{'user'}")
    faces = {}
    for name, user in ENROL:
        answer = client.index_faces(CollectionId=collection, ExternalImageId=name,
                                    Image={"Bytes": (PICTURES / name).read_bytes()})
        faces[name] = answer["FaceRecords"][0]["Face"]["FaceId"]
        if user not in {known["UserId"] for known in client.list_users(CollectionId=collection)["Users"]}:
            client.create_user(CollectionId=collection, UserId=user)
        client.associate_faces(CollectionId=collection, UserId=user, FaceIds=[faces[name]])
        print(f"  {name:20}{faces[name]:38}{user}")
    print(f"\n  {'searched picture':20}{'SearchFacesByImage':44}{'SearchUsersByImage'}")
    for name in SEARCH:
        image = {"Bytes": (PICTURES / name).read_bytes()}
        found = client.search_faces_by_image(CollectionId=collection, Image=image)["FaceMatches"]
        users = client.search_users_by_image(CollectionId=collection, Image=image)["UserMatches"]
        of_faces = ", ".join(f"{m['Face']['ExternalImageId']} {m['Similarity']:.1f}" for m in found) or "nobody"
        of_users = ", ".join(f"{m['User']['UserId']} {m['Similarity']:.1f}" for m in users) or "nobody"
        print(f"  {name:20}{of_faces:44}{of_users}")
    forgotten, user = ENROL[0]
    client.disassociate_faces(CollectionId=collection, UserId=user, FaceIds=[faces[forgotten]])
    client.delete_faces(CollectionId=collection, FaceIds=[faces[forgotten]])
    left = client.describe_collection(CollectionId=collection)
    print(f"\n  {forgotten} is deleted: its key is overwritten, and {left['FaceCount']} faces of {left['UserCount']} users are left.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    shutil.rmtree(arguments.out / "data", ignore_errors=True)
    arguments.out.mkdir(parents=True, exist_ok=True)

    print("Starting a server of your own (the first start prepares the models for this CPU) ...", flush=True)
    server = Server(arguments.binary.resolve(), arguments.out)
    try:
        client = server.client()
        print(f"It answers at {server.endpoint}; boto3 {boto3.__version__} talks to it as to Amazon Rekognition.")
        print("\nDetectFaces, Attributes=ALL")
        for name in DETECT:
            detect(client, name, arguments.out)
        print("\nCompareFaces")
        compare(client)
        print("\nIndexFaces, AssociateFaces, SearchFacesByImage, SearchUsersByImage, DeleteFaces")
        enrol_and_search(client)
    finally:
        server.stop()
    print(f"\nThe pictures with boxes and landmarks lie in {arguments.out}/ (log: {arguments.out}/server.log).")
    print("`make serve` keeps a server running and prints the line that calls it with the AWS CLI.")


if __name__ == "__main__":
    main()
