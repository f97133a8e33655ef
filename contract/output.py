"""Writing generated files: their heading, and only if they changed, so that nothing is compiled again for nothing."""

from pathlib import Path


class Output:
    def __init__(self, folder: Path | None, include_prefix: str, namespace: str, source: str):
        """`folder` None: nothing is written, names are collected only."""
        self._folder = folder
        self._include_prefix = include_prefix
        self._heading = f"// Made by contract/generate.py from {source}. Do not edit."
        self.namespace = namespace
        self.names: list[str] = []  # of the files, below the folder

    def include(self, name: str) -> str:
        return f'"{self._include_prefix}/{name}"'

    def open_namespace(self) -> list[str]:
        return [f"namespace {self.namespace} {{"]

    def close_namespace(self) -> list[str]:
        return [f"}}  // namespace {self.namespace}"]

    def write(self, name: str, lines: list[str]) -> None:
        self.names.append(f"{self._include_prefix}/{name}")
        if self._folder is None:
            return
        path = self._folder / self._include_prefix / name
        text = "\n".join([self._heading, *lines, ""])
        if path.exists() and path.read_text(encoding="utf-8") == text:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
