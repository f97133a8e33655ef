"""Writes docs/api-coverage.md from the service description and operations.toml.

    coverage.py [--check] [--model service-2.json.gz] [--operations operations.toml] [--page api-coverage.md]

Without --model the description is the one that tools/bootstrap installed. --check writes nothing and ends with 1 if the page is not what it would write.
"""

import argparse
import sys
from pathlib import Path

from coverage_table import ANSWERED, NOT_YET, CoverageTable, Gap, load_table
from model import load

_REPOSITORY = Path(__file__).resolve().parents[1]
_INSTALLED_MODEL = (
    ".deps/venv/lib/python3*/site-packages/botocore/data/rekognition/2016-06-27/service-2.json.gz"
)

_EXTENSION = _REPOSITORY / "contract" / "likeness" / "2026-11-25" / "service-2.json"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--extension", type=Path, default=_EXTENSION)
    parser.add_argument("--operations", type=Path, default=_REPOSITORY / "contract" / "operations.toml")
    parser.add_argument("--page", type=Path, default=_REPOSITORY / "docs" / "api-coverage.md")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()

    model = arguments.model or next(iter(_REPOSITORY.glob(_INSTALLED_MODEL)), None)
    if model is None:
        parser.error(f"there is no {_INSTALLED_MODEL}: run tools/bootstrap, or name a file with --model")
    text = page(load_table(arguments.operations, load(model, arguments.extension)))
    if not arguments.check:
        arguments.page.write_text(text, encoding="utf-8")
        return 0
    if arguments.page.exists() and arguments.page.read_text(encoding="utf-8") == text:
        return 0
    print(f"{arguments.page} is stale: run contract/coverage.py without --check and commit the page", file=sys.stderr)
    return 1


def page(table: CoverageTable) -> str:
    amazons = [name for title, names in table.groups.items() if title not in table.extensions for name in names]
    answered = [name for name in amazons if table.is_answered(name)]
    lines = [
        "# What is answered",
        "",
        "<!-- Made by contract/coverage.py from contract/operations.toml. Do not edit. -->",
        "",
        f"Of the {len(amazons)} operations of Amazon Rekognition, {len(answered)} are answered. The others check their "
        "requests and then answer HTTP 400 with `UnsupportedOperationException`.",
    ]
    for title, names in table.groups.items():
        lines += ["", f"## {title}", "", "| operation | state |", "|---|---|"]
        for name in names:
            state = f"[{ANSWERED}](#{name.lower()})" if table.is_answered(name) else NOT_YET
            lines.append(f"| {name} | {state} |")
        for name in names:
            if table.is_answered(name):
                coverage = table.answered[name]
                lines += ["", f"### {name}"]
                lines += _gaps("Not honoured in the request:", coverage.input_gaps)
                lines += _gaps("Not filled in the response:", coverage.output_gaps)
                if not coverage.input_gaps and not coverage.output_gaps:
                    lines += ["", "Every field is honoured and filled."]
    return "\n".join(lines) + "\n"


def _gaps(heading: str, gaps: list[Gap]) -> list[str]:
    if not gaps:
        return []
    lines = ["", heading, "", "| field | why |", "|---|---|"]
    return lines + [f"| `{gap.field}` | {gap.reason} |" for gap in gaps]


if __name__ == "__main__":
    sys.exit(main())
