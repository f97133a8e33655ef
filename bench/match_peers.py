"""Our search and other libraries' in one run on one machine: tables with ratios beside their limits.

    tools/bootstrap bench && tools/build release match_bench
    .deps/peers/bin/python bench/match_peers.py [--rows N] [--dimensions 512 192] [--hnsw-rows N] [--only-ours]

Everything is synthetic: people with ten faces each, strangers about 0 apart in cosine, faces of one person 0.56. Every time is the best of its
rounds. The peers answer with ten neighbours, as ours do. HNSW is approximate and slow to build, so it is measured over fewer rows (--hnsw-rows,
0 for none) beside our exact scan of as many.
"""

import argparse
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
NEIGHBOURS = 10
THREADS = (1, 2)


def ours(build: pathlib.Path, rows: int, dimension: int, rounds: int) -> dict[str, float]:
    command = [build / "bench/match_bench", "--rows", str(rows), "--dimension", str(dimension), "--rounds", str(rounds),
               "--folder", build]
    output = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True).stdout
    values = {}
    for line in output.splitlines():
        name, value = line.split()
        values[name] = value if name in ("kernel", "peak_unit") else float(value)
    return values


def best(rounds: int, work) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def crowd(rows: int, dimension: int, people: int, first: int = 0):
    """Faces `first` and on of so many people, face i one of person i modulo people; in pieces, for the sake of memory."""
    import numpy
    vectors = numpy.empty((rows, dimension), dtype=numpy.float32)
    persons = numpy.random.default_rng(1).standard_normal((people, dimension), dtype=numpy.float32)
    persons /= numpy.linalg.norm(persons, axis=1, keepdims=True)
    own = numpy.random.default_rng(2 + first)
    for start in range(0, rows, 100_000):
        end = min(start + 100_000, rows)
        noise = own.standard_normal((end - start, dimension), dtype=numpy.float32)
        noise /= numpy.linalg.norm(noise, axis=1, keepdims=True)
        piece = 0.75 * persons[(first + numpy.arange(start, end)) % len(persons)] + 0.6614 * noise
        vectors[start:end] = piece / numpy.linalg.norm(piece, axis=1, keepdims=True)
    return vectors


class Table:
    """Rows of milliseconds for one query and of queries a second in batches, as they come."""

    def __init__(self, title: str):
        print(f"\n{title}\n{'':34}{'1 query, 1 thread':>20}{'1 query, 2 threads':>20}{'best q/s, 1 thread':>20}{'best q/s, 2 threads':>21}", flush=True)
        self.rates = {}

    def add(self, name: str, one: list[float], rates: list[float], note: str = "") -> None:
        self.rates[name] = max(rates)
        print(f"{name:34}{one[0] * 1e3:17.2f} ms{one[1] * 1e3:17.2f} ms{rates[0]:20.0f}{rates[1]:21.0f}  {note}", flush=True)


def measure(table: Table, name: str, search, queries, batches, rounds: int, note: str = "") -> None:
    """`search(vectors, threads)`; batches of the sizes that are given, of which the best counts."""
    one, rates = [], []
    for threads in THREADS:
        one.append(best(rounds, lambda: search(queries[:1], threads)))
        rates.append(max(size / best(3, lambda: search(queries[:size], threads)) for size in batches))
    table.add(name, one, rates, note)


def faiss_search(index):
    import faiss

    def search(vectors, threads):
        faiss.omp_set_num_threads(threads)
        return index.search(vectors, NEIGHBOURS)[1]
    return search


def exact_peers(table: Table, vectors, queries, rounds: int) -> None:
    import faiss
    import numpy
    from usearch.index import MetricKind, search as usearch_search
    dimension = vectors.shape[1]
    faiss.omp_set_num_threads(max(THREADS))
    flat = faiss.IndexFlatIP(dimension)
    flat.add(vectors)
    measure(table, "FAISS flat f32", faiss_search(flat), queries, (64, 256, 1024), rounds)
    del flat
    quantized = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    quantized.train(vectors[:100_000])
    quantized.add(vectors)
    measure(table, "FAISS SQ8", faiss_search(quantized), queries, (64, 256), rounds)
    del quantized
    codes = numpy.clip(numpy.rint(vectors * 512), -127, 127).astype(numpy.int8)
    asked = numpy.clip(numpy.rint(queries * 512), -127, 127).astype(numpy.int8)
    measure(table, "USearch exact i8", lambda few, threads: usearch_search(
        codes, few, NEIGHBOURS, MetricKind.IP, exact=True, threads=threads), asked, (64, 256), rounds)


def recall(found, truth) -> str:
    hits = sum(len(set(map(int, a)) & set(map(int, b))) for a, b in zip(found, truth))
    return f"recall of {NEIGHBOURS}: {hits / truth.size:.3f}"


def hnsw_peers(table: Table, vectors, queries, rounds: int) -> None:
    """16 links, 200 candidates while building, 128 while searching; how many of the true ten neighbours were found."""
    import faiss
    import hnswlib
    import numpy
    from usearch.index import Index
    rows, dimension = vectors.shape
    exact = faiss.IndexFlatIP(dimension)
    exact.add(vectors)
    truth = exact.search(queries[:256], NEIGHBOURS)[1]
    del exact
    graph = faiss.IndexHNSWFlat(dimension, 16, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction, graph.hnsw.efSearch = 200, 128
    faiss.omp_set_num_threads(max(THREADS))
    built = best(1, lambda: graph.add(vectors))
    search = faiss_search(graph)
    measure(table, "FAISS HNSW f32", search, queries, (256, 1024), rounds,
            f"{recall(search(queries[:256], 2), truth)}, built in {built:.0f} s")
    del graph, search
    graph = hnswlib.Index(space="ip", dim=dimension)
    graph.init_index(max_elements=rows, M=16, ef_construction=200)
    built = best(1, lambda: graph.add_items(vectors, num_threads=max(THREADS)))
    graph.set_ef(128)
    measure(table, "hnswlib f32", lambda few, threads: graph.knn_query(few, k=NEIGHBOURS, num_threads=threads), queries,
            (256, 1024), rounds,
            f"{recall(graph.knn_query(queries[:256], k=NEIGHBOURS)[0], truth)}, built in {built:.0f} s")
    del graph
    graph = Index(ndim=dimension, metric="ip", dtype="i8", connectivity=16, expansion_add=200, expansion_search=128)
    keys = numpy.arange(rows)
    built = best(1, lambda: graph.add(keys, vectors, threads=max(THREADS)))
    measure(table, "USearch HNSW i8", lambda few, threads: graph.search(few, NEIGHBOURS, threads=threads), queries, (256, 1024),
            rounds, f"{recall(graph.search(queries[:256], NEIGHBOURS).keys, truth)}, built in {built:.0f} s")


def add_ours(table: Table, values: dict[str, float]) -> None:
    sizes = (2, 4, 8, 16, 32, 64)
    table.add(f"ours ({values['kernel']})", [values[f"query_{t}t_ms"] / 1e3 for t in THREADS],
              [max(values[f"batch_{size}_{t}t_qps"] for size in sizes) for t in THREADS])
    shared = max(value for name, value in values.items() if name.startswith("shared_"))
    print(f"{'  through SharedSearch, 128 callers':34}{'':20}{'':20}{'':20}{shared:21.0f}")
    table.rates["ours"] = max(values[f"batch_{size}_2t_qps"] for size in sizes)
    table.add("  plain read of the same bytes", [values[f"read_{t}t_ms"] / 1e3 for t in THREADS], [float("nan")] * 2)


def print_ratios(values: dict[str, float], rates: dict[str, float]) -> None:
    def line(what: str, value: float, limit: str) -> None:
        print(f"{what:72}{value:9.3f}  (limit {limit})")
    print()
    for threads in THREADS:
        line(f"one query, {threads} thread(s), of a plain read of the same bytes", values[f"query_{threads}t_of_read"], "1.3")
    operations = 2 * values["rows"] * values["dimension"] / 1e9
    line(f"batches, of the int8 peak ({values['peak_unit']}, {values['peak_2t_gops']:.0f} GOPS, 2 threads)",
         rates["ours"] * operations / values["peak_2t_gops"], "at least 0.5")
    if "FAISS flat f32" in rates:
        line("batches, of FAISS flat f32's best", rates["ours"] / rates["FAISS flat f32"], "at least 4")
    line("resident bytes a face", values["resident_bytes_per_face"], f"{values['memory_limit_per_face']:.0f}")
    line("bytes of an index of one face", values["memory_bytes_of_one_face"], "16384")
    line("snapshot read, decrypted and built, seconds", values["snapshot_read_s"], "2")
    line("one query with 4,096 answers, 1 thread, ms", values["query_4096_answers_1t_ms"], "none")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--dimensions", type=int, nargs="+", default=[512, 192])
    parser.add_argument("--hnsw-rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only-ours", action="store_true")
    arguments = parser.parse_args()
    for dimension in arguments.dimensions:
        values = ours(arguments.build, arguments.rows, dimension, arguments.rounds)
        table = Table(f"{arguments.rows:,} x {dimension}")
        add_ours(table, values)
        if not arguments.only_ours:
            people = arguments.rows // 10
            queries = crowd(1024, dimension, people, first=arguments.rows)
            exact_peers(table, crowd(arguments.rows, dimension, people), queries, min(5, arguments.rounds))
        print_ratios(values, table.rates)
        if arguments.hnsw_rows > 0 and not arguments.only_ours:
            few = Table(f"{arguments.hnsw_rows:,} x {dimension}, approximate indexes")
            add_ours(few, ours(arguments.build, arguments.hnsw_rows, dimension, arguments.rounds))
            people = arguments.hnsw_rows // 10
            queries = crowd(1024, dimension, people, first=arguments.hnsw_rows)
            hnsw_peers(few, crowd(arguments.hnsw_rows, dimension, people), queries, min(5, arguments.rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
