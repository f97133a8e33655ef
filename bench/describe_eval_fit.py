#!/usr/bin/env python3
"""Fits the coefficients in src/describe/attributes.cc on the fit half of the measures that describe_eval writes.

    build/release/bench/describe_eval --data DIR --measures measures.csv && bench/describe_eval_fit.py measures.csv

Logistic regression by Newton's method on standardised measures, with a small quadratic penalty. The rendered masks
join the fit of face_occluded with the weight that makes all of them count as much as the real covers. Needs numpy.
"""

import csv
import sys

import numpy as np

QUESTIONS = {
    "eyes_open": ["arch"],
    "mouth_open": ["gap"],
    "smile": ["width", "corner_height", "corner_depth"],
    "face_occluded": ["eye_darkness", "eye_tint", "doubt"],
}


def fit(x: np.ndarray, y: np.ndarray, weights: np.ndarray, penalty: float) -> np.ndarray:
    """Coefficients of the measures as they are, then the constant."""
    mean, deviation = x.mean(0), x.std(0)
    z = np.c_[(x - mean) / deviation, np.ones(len(x))]
    ridge = np.diag([penalty] * x.shape[1] + [1e-6])
    b = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ b))
        hessian = (z * (weights * p * (1 - p))[:, None]).T @ z + ridge
        b -= np.linalg.solve(hessian, z.T @ (weights * (p - y)) + ridge @ b)
    slopes = b[:-1] / deviation
    return np.append(slopes, b[-1] - slopes @ mean)


def main() -> None:
    with open(sys.argv[1], newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["half"] == "fit" and row["image"] != "hand"]
    for question, measures in QUESTIONS.items():
        use = [r for r in rows if r[question] != "" and (question == "face_occluded" or r["image"] != "mask")]
        x = np.array([[float(r[m]) for m in measures] for r in use])
        y = np.array([float(r[question]) for r in use])
        rendered = np.array([r["image"] == "mask" for r in use])
        real = max(1, int(((y == 1) & ~rendered).sum()))
        weights = np.where(rendered, real / max(1, int(rendered.sum())), 1.0)
        b = fit(x, y, weights, 1.0 if question == "smile" else 0.3)
        print(question, f"n={len(y)}", *(f"{m}={v:.2f}" for m, v in zip(measures + ["constant"], b)))


if __name__ == "__main__":
    main()
