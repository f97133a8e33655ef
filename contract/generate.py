"""Writes the C++ of a service's contract: types, their tables, and the table of operations.

    generate.py --model service-2.json.gz --operations operations.toml --out DIR
                [--extension service-2.json] [--include-prefix wire/rekognition] [--namespace likeness::wire] [--list]

The namespace is likeness::wire or one inside it; two services need two namespaces and two prefixes.
--list prints the names of the files, below DIR, and writes nothing: CMake asks for them when it configures.
An extension is a service of our own at the same endpoint, with a target prefix of its own: its operations join the others.
Nothing but facts (names, types, limits) is taken over from the service description; its documentation is not.
"""

import argparse
from pathlib import Path

from coverage_table import load_table
from emit_operations import emit_operations
from emit_shapes import emit_shapes
from emit_types import emit_types
from model import load
from output import Output


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--extension", type=Path, action="append", default=[])
    parser.add_argument("--operations", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--include-prefix", default="wire/rekognition")
    parser.add_argument("--namespace", default="likeness::wire")
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()

    service = load(arguments.model, *arguments.extension)
    table = load_table(arguments.operations, service)
    output = Output(
        None if arguments.list else arguments.out,
        arguments.include_prefix,
        arguments.namespace,
        f"the service description of {service.target_prefix}",
    )
    emit_types(service, output)
    emit_shapes(service, output)
    emit_operations(service, table, output)
    if arguments.list:
        print("\n".join(output.names))


if __name__ == "__main__":
    main()
