"""The whole harness against one server: who sends what, in which order, and what was found.

Cases are taken in an order that the seed decides. Two threads send them, as many as the machine has cores; what is large goes
alone. The server's peak memory is read at the end.
"""

import concurrent.futures
import dataclasses
import json
import pathlib
import random
import threading
import time
from collections import Counter

from harness import bodies, mutations, oracle, wire
from harness.client import Connection, Target, request
from harness.description import operations

MIB = 1 << 20
# More resident memory at its peak than at the start. Two requests are under way at most; each may hold its body (16 MiB) and what
# is made of it, and the first pictures make the models take what they keep.
MEMORY_BOUND = 192 * MIB


@dataclasses.dataclass(frozen=True)
class Finding:
    operation: str
    case: str
    problem: str

    def __str__(self) -> str:
        return f"{self.operation}: {self.case}: {self.problem}"


@dataclasses.dataclass
class Size:
    """How much is sent for each operation: all cases, or as many of each kind as said."""

    form: int | None = None
    json_itself: int | None = None
    wire: int | None = None
    large: int | None = None
    mutations: int = 50
    damaged_heads: int = 20


SHORT = Size(form=30, json_itself=20, wire=12, large=1, mutations=14, damaged_heads=3)
TINY = Size(form=5, json_itself=3, wire=2, large=0, mutations=2, damaged_heads=1)
WHOLE = Size()
LONG = Size(mutations=1000, damaged_heads=200)


def resident(pid: int, field: str = "VmRSS") -> int:
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith(field + ":"))


class Run:
    """What one run has seen. Thread-safe where two threads send."""

    def __init__(self, target: Target):
        self.target = target
        self.findings: list[Finding] = []
        self.exchanges = 0
        self.codes: Counter = Counter()
        self.request_ids: set[str] = set()
        self.growth = 0
        self._lock = threading.Lock()
        self._local = threading.local()
        self._start = resident(target.pid) if target.pid else 0
        if target.pid:
            pathlib.Path(f"/proc/{target.pid}/clear_refs").write_text("5")  # the kernel's record of the peak begins anew

    # One exchange.

    def _connection(self) -> Connection:
        held = getattr(self._local, "connection", None)
        if held is None or not held.reusable:
            if held is not None:
                held.close()
            held = self._local.connection = Connection(self.target)
        return held

    def _note(self, operation: str, name: str, answers, problems: list[str]) -> None:
        with self._lock:
            self.exchanges += 1
            self.findings += [Finding(operation, name, problem) for problem in problems]
            for answer in answers:
                self.codes[f"{answer.status} {oracle.code_of(answer)}".strip()] += 1
                identity = answer.headers.get("x-amzn-requestid")
                if identity in self.request_ids:
                    self.findings.append(Finding(operation, name, f"the request id {identity} was given before"))
                self.request_ids.add(identity)

    def body(self, case: bodies.Case) -> None:
        data = request(self.target, case.operation, case.body() if callable(case.body) else case.body)
        for _ in range(3):  # a kept connection may have been closed between two requests, or the server may be busy
            outcome = self._connection().exchange(data)
            if not outcome.answers and outcome.closed and not outcome.left_over:
                with Connection(self.target) as fresh:
                    outcome = fresh.exchange(data)
            if not outcome.answers or oracle.code_of(outcome.answers[0]) not in oracle.BUSY:
                break
            time.sleep(0.2)
        problems = oracle.about_exchange(outcome, 1)
        for answer in outcome.answers:
            problems += oracle.about_case(case, answer)
        self._note(case.operation, case.name, outcome.answers, problems)
        if problems:
            self._local.connection = None

    def wire(self, case: wire.WireCase) -> None:
        with Connection(self.target) as connection:
            outcome = connection.exchange(case.data(self.target), answers=max(1, case.answers), cut_after=case.cut_after,
                                          head_only=case.head_only)
        problems = oracle.about_exchange(outcome, case.answers)
        for answer in outcome.answers:
            if case.head_only:
                continue
            # An operation may be unrecognisable after such damage; then the errors of every operation are its errors.
            problems += oracle.about(answer, case.operation)
            if case.statuses and answer.status not in case.statuses:
                problems.append(f"status {answer.status}, not one of {case.statuses}: {answer.body[:200]!r}")
        self._note(case.operation, case.name, [] if case.head_only else outcome.answers, problems)

    def one(self, case) -> None:
        try:
            self.wire(case) if isinstance(case, wire.WireCase) else self.body(case)
        except OSError as error:
            self._note(case.operation, case.name, [], [f"the connection failed: {error}"])

    # All of them.

    def all(self, cases: list, threads: int = 2) -> None:
        alone = [case for case in cases if getattr(case, "alone", False)]
        together = [case for case in cases if not getattr(case, "alone", False)]
        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(self.one, case) for case in together]:
                done.result()
        for case in alone:
            self.one(case)
        if self.target.pid:
            self.growth = resident(self.target.pid, "VmHWM") - self._start


def chosen(cases: list, count: int | None, chance: random.Random) -> list:
    return cases if count is None or count >= len(cases) else chance.sample(cases, count)


def plan(size: Size, seed: int) -> list:
    """The cases of a run. What a short run leaves out is drawn anew for each seed and operation."""
    cases = []
    for operation in operations():
        chance = random.Random(f"{operation} {seed} choice")
        form = list(bodies.form(operation, random.Random(f"{operation} {seed} form")))
        kept = [case for case in form if case.name in ("minimal", "full")]
        cases += kept + chosen([case for case in form if case not in kept], size.form, chance)
        cases += chosen(list(bodies.json_itself(operation, chance)), size.json_itself, chance)
        cases += chosen(list(bodies.large(operation)), size.large, chance)
        cases += chosen([case for case in wire.all_of(operation, seed, 0)], size.wire, chance)
        cases += wire.damaged_heads(wire.Maker(operation, chance), size.damaged_heads)
        cases += mutations.of_bodies(operation, seed, size.mutations)
    random.Random(seed).shuffle(cases)
    return cases


def portrait_answer(target: Target, portrait: str) -> bytes:
    """What DetectFaces says about a portrait (base64): the same before and after, if the server is well."""
    with Connection(target) as connection:
        body = json.dumps({"Image": {"Bytes": portrait}, "Attributes": ["ALL"]}).encode()
        outcome = connection.exchange(request(target, "DetectFaces", body))
    if len(outcome.answers) != 1 or outcome.answers[0].status != 200:
        return b"no answer: " + repr(outcome).encode()[:500]
    return outcome.answers[0].body


def run(target: Target, portrait: str, size: Size, seed: int, memory_bound: int = MEMORY_BOUND) -> Run:
    seen = Run(target)
    before = portrait_answer(target, portrait)
    if len(json.loads(before).get("FaceDetails", [])) != 1:
        seen.findings.append(Finding("DetectFaces", "before", f"the portrait has one face: {before[:200]!r}"))
    try:
        seen.all(plan(size, seed))
        after = portrait_answer(target, portrait)
    except OSError as error:
        after = f"the server is gone: {error}".encode()
    if after != before:
        seen.findings.append(Finding("DetectFaces", "afterwards", f"another answer than before: {after[:200]!r}"))
    if target.pid and seen.growth > memory_bound:
        seen.findings.append(Finding("server", "memory", f"grew by {seen.growth // MIB} MiB, more than {memory_bound // MIB}"))
    return seen
