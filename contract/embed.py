"""Writes a header with the extension service's description, for `likeness sdk-model`.

    embed.py --model service-2.json --paginators paginators-1.json --out extension_model.h
"""

import argparse
import json
from pathlib import Path

from names import quoted

_LINE = 100  # characters of the text on a line of the header


def _literal(name: str, text: str) -> list[str]:
    parts = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
    return [f"inline constexpr std::string_view {name} =", *[f"    {quoted(part)}" for part in parts[:-1]],
            f"    {quoted(parts[-1])};", ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--paginators", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    model = arguments.model.read_text(encoding="utf-8")
    lines = [
        "// Made by contract/embed.py from the description of the extension service. Do not edit.",
        "#pragma once",
        "",
        "#include <string_view>",
        "",
        "namespace likeness::app {",
        "",
        *_literal("extension_version", json.loads(model)["metadata"]["apiVersion"]),
        *_literal("extension_model", model),
        *_literal("extension_paginators", arguments.paginators.read_text(encoding="utf-8")),
        "}  // namespace likeness::app",
        "",
    ]
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
