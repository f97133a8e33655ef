"""Regular expressions of service descriptions, which are Java's, in the syntax of RE2.

The translation is complete for what it accepts and refuses the rest: a construct that RE2 reads differently must stop
the build, not change which requests are valid.
"""

from dataclasses import dataclass

# Java: \s is [ \t\n\x0B\f\r]; RE2's lacks \x0B. Java's . stops at every line end, RE2's at \n only.
_SPACE = r" \t\n\x0B\f\r"
_LINE_ENDS = r"\n\r\x{85}\x{2028}\x{2029}"
_SAME_ESCAPES = frozenset("dDwWtnrf" + "\\/.-+*?()[]{}|^$:=,@'\"_ ")  # the same in both
_MAX_REPEAT = 1000  # of RE2


class UnsupportedPattern(ValueError):
    pass


@dataclass(frozen=True)
class Pattern:
    source: str  # as in the service description
    expression: str  # for RE2
    forbidden_start: str  # what "(?!...)" at the beginning of the source forbids; empty if there is none


def translate(source: str) -> Pattern:
    text, forbidden = source, ""
    prefix = "^(?!" if source.startswith("^(?!") else "(?!"
    if source.startswith(prefix):
        forbidden, closed, text = source[len(prefix) :].partition(")")
        if not closed or not all(c.isalnum() or c in ":-_" for c in forbidden):
            raise UnsupportedPattern(f"look-ahead at more than a literal: {source}")
    return Pattern(source, _Translator(text).run(), forbidden)


class _Translator:
    def __init__(self, text: str):
        self._text = text
        self._at = 0
        self._out: list[str] = []  # a piece for each atom, so that a counted repetition can repeat the last one
        self._groups: list[int] = []  # where in _out the open groups began

    def run(self) -> str:
        while self._at < len(self._text):
            self._next()
        if self._groups:
            raise UnsupportedPattern(f"unclosed group: {self._text}")
        return "".join(self._out)

    def _next(self) -> None:
        char = self._text[self._at]
        if char == "[":
            self._out.append(self._char_class())
        elif char == "\\":
            self._out.append(self._escape(in_class=False))
        elif char == "{":
            self._repeat()
        elif char == "(":
            if self._text.startswith("(?", self._at) and not self._text.startswith("(?:", self._at):
                raise UnsupportedPattern(f"special group: {self._text}")
            self._groups.append(len(self._out))
            self._out.append("(")
            self._at += 1
        elif char == ")":
            start = self._groups.pop()
            self._out[start:] = ["".join(self._out[start:]) + ")"]
            self._at += 1
        elif char in "*+" and self._at > 0 and self._text[self._at - 1] in "*+?}":
            raise UnsupportedPattern(f"possessive repetition: {self._text}")
        elif char == ".":
            self._out.append(f"[^{_LINE_ENDS}]")
            self._at += 1
        else:
            self._out.append(char)
            self._at += 1

    def _char_class(self) -> str:
        out = "["
        self._at += 1
        if self._text[self._at] == "^":
            out += "^"
            self._at += 1
        while self._text[self._at] != "]":
            char = self._text[self._at]
            if char == "[" or self._text.startswith("&&", self._at):
                raise UnsupportedPattern(f"nested class: {self._text}")
            if char == "\\":
                out += self._escape(in_class=True)
            else:
                out += char
                self._at += 1
        self._at += 1
        return out + "]"

    def _escape(self, in_class: bool) -> str:
        char = self._text[self._at + 1]
        if char == "u":
            digits = self._text[self._at + 2 : self._at + 6]
            self._at += 6
            return f"\\x{{{int(digits, 16):X}}}"
        if char == "p":
            end = self._text.index("}", self._at)
            name = self._text[self._at : end + 1]
            if name not in (r"\p{L}", r"\p{N}", r"\p{Z}"):
                raise UnsupportedPattern(f"property {name}: {self._text}")
            self._at = end + 1
            return name
        self._at += 2
        if char == "s":
            return _SPACE if in_class else f"[{_SPACE}]"
        if char == "S" and not in_class:
            return f"[^{_SPACE}]"
        if char in _SAME_ESCAPES:
            return char if char in "_ '\"@=,:/" else "\\" + char
        raise UnsupportedPattern(f"escape \\{char}: {self._text}")

    def _repeat(self) -> None:
        """`x{a,b}`; with bounds that RE2 does not take, x{0,2048} becomes x{0,1000}x{0,1000}x{0,48}."""
        end = self._text.index("}", self._at)
        low_text, comma, high_text = self._text[self._at + 1 : end].partition(",")
        low, high = int(low_text), int(high_text) if high_text else None
        if max(low, high or 0) <= _MAX_REPEAT:
            self._out.append(self._text[self._at : end + 1])
        elif low == 0 and high is not None:
            atom = self._out.pop()
            parts = [_MAX_REPEAT] * (high // _MAX_REPEAT) + [high % _MAX_REPEAT]
            self._out.append("(?:" + "".join(f"{atom}{{0,{part}}}" for part in parts if part) + ")")
        else:
            raise UnsupportedPattern(f"repetition {self._text[self._at:end + 1]}: {self._text}")
        self._at = end + 1
