#!/usr/bin/env python3
"""What the two scores of a detection say together: a logistic fit to what hard_pictures writes with --samples.

    build/release/bench/hard_pictures DATA PACKS --scenes DIR --faceless DIR --samples all.csv
    build/release/bench/hard_pictures DATA PACKS --only hidden --faces 1600 --samples hidden.csv
    (grep -v ^hidden all.csv; cat hidden.csv) > samples.csv && bench/hard_pictures_fit.py samples.csv

Only detections that the mesh confirms count: the others are dropped whatever they are called. Prints the coefficients
for several shares of non-faces, and those with each kind of non-face left out: how far the data carries. Needs numpy.
"""

import collections
import csv
import sys

import numpy as np

MESH_THRESHOLD = 0.5
SURE = 0.7  # of the detector
# LFW pictures whose face is hidden and in which what the detector then finds, without being sure, is no face, by eye:
# signs, clothes, a medal. All else that is found are other people.
NOT_FACES = {"Afton_Smith_0001", "Janica_Kostelic_0001", "Isaiah_Washington_0001", "Jennifer_Reilly_0001",
             "Martha_Bowen_0001", "Gary_Gitnick_0001"}


def read(path: str):
    """(kind, is a face, detector's score, mesh's score) of each sample."""
    with open(path, newline="") as file:
        for source, face, detector, mesh, *_ in csv.reader(file):
            if float(mesh) < MESH_THRESHOLD:
                continue
            kind, _, name = source.partition(":")
            if kind == "hidden":
                is_face = name not in NOT_FACES or float(detector) > SURE
                yield ("other people" if is_face else name, is_face, float(detector), float(mesh))
            else:
                yield (name.split()[0] if name else kind.split()[0], face == "1", float(detector), float(mesh))


def logits(rows) -> np.ndarray:
    detector = np.clip([row[2] for row in rows], 0.01, 0.99)
    mesh = np.clip([row[3] for row in rows], 0.01, 0.9999)
    return np.c_[np.ones(len(rows)), np.log(detector / (1 - detector)), np.log(mesh / (1 - mesh))]


def fit(rows, weights: np.ndarray) -> np.ndarray:
    """Constant, coefficient of the detector's logit, of the mesh's: Newton's method with a small quadratic penalty."""
    x, y, b = logits(rows), np.array([row[1] for row in rows]), np.zeros(3)
    for _ in range(100):
        p = 1 / (1 + np.exp(-x @ b))
        hessian = (x * (weights * p * (1 - p))[:, None]).T @ x + 1e-3 * np.eye(3)
        b += np.linalg.solve(hessian, x.T @ (weights * (y - p)) - 1e-3 * b)
    return b


def weights_of(rows, faces_a_non_face: float) -> np.ndarray:
    """Every kind counts the same, whatever the number of its samples; faces in all so many times the others."""
    counts = collections.Counter((row[0], row[1]) for row in rows)
    weights = np.array([1 / counts[row[0], row[1]] for row in rows])
    faces = np.array([row[1] for row in rows])
    total = (~faces).sum()
    weights[faces] *= total * faces_a_non_face / weights[faces].sum()
    weights[~faces] *= total / weights[~faces].sum()
    return weights


def main() -> None:
    rows = list(read(sys.argv[1]))
    kinds = sorted({row[0] for row in rows if not row[1]})
    others = sum(not row[1] for row in rows)
    print(f"{len(rows) - others} faces; {others} others of {len(kinds)} kinds: {', '.join(kinds)}")
    for name, faces in (("faces", True), ("others", False)):
        joined = np.array([100 * (1 - (1 - row[2]) * (1 - row[3])) for row in rows if row[1] == faces])
        print(f"100 (1 - (1 - d)(1 - m)): {name} over 90: {(joined > 90).sum()}, over 99: {(joined > 99).sum()}")
    for ratio in (1, 10, 100):
        b = fit(rows, weights_of(rows, ratio))
        confidence = 100 / (1 + np.exp(-logits(rows) @ b))
        faces = np.array([row[1] for row in rows])
        print(f"{ratio:3} faces a non-face: {b.round(2)}; faces under 90: "
              f"{100 * (confidence[faces] < 90).mean():.2f} %, others over 90: {(confidence[~faces] > 90).sum()}")
        for kind in kinds:
            kept = [row for row in rows if row[1] or row[0] != kind]
            print(f"      without {kind}: {fit(kept, weights_of(kept, ratio)).round(2)}")


if __name__ == "__main__":
    main()
