"""Strings that match a pattern of the service description and strings that do not.

Patterns are Java's; those of Rekognition are within what Python's `re` knows, but for the classes of Unicode, which are
replaced by a few members of each. A string is handed out only if Python agrees about it.
"""

import functools
import random
import re
import re._parser as parser  # noqa: the standard library's own reading of a pattern

UNICODE_CLASSES = {r"\p{L}": "a-zA-ZäéЖ中", r"\p{Z}": " ", r"\p{N}": "0-9"}
ODD = [" ", "/", "\x01", "\n", "é", "中", "😀", "~", "\"", "\\", "<", "\u202e", "$", "*", "'", ",", ":", "\x7f"]


@functools.cache
def compiled(pattern: str) -> re.Pattern:
    for name, some in UNICODE_CLASSES.items():
        pattern = pattern.replace(name, some)
    return re.compile(pattern)


def _one_of(items, chance: random.Random) -> str:
    kind, value = chance.choice([item for item in items if item[0] is not parser.NEGATE])
    if kind is parser.RANGE:
        return chr(chance.randint(*value))
    if kind is parser.CATEGORY:
        return {parser.CATEGORY_DIGIT: "7", parser.CATEGORY_WORD: "w", parser.CATEGORY_NOT_SPACE: "s"}[value]
    return chr(value)


def _made(tree, chance: random.Random) -> str:
    text = ""
    for kind, value in tree:
        if kind is parser.LITERAL:
            text += chr(value)
        elif kind is parser.ANY:
            text += chance.choice("abc-7")
        elif kind is parser.IN:
            text += _one_of(value, chance)
        elif kind in (parser.MAX_REPEAT, parser.MIN_REPEAT):
            least, most, inner = value
            text += "".join(_made(inner, chance) for _ in range(chance.randint(least, min(most, least + 8))))
        elif kind is parser.SUBPATTERN:
            text += _made(value[3], chance)
        elif kind is parser.BRANCH:
            text += _made(chance.choice(value[1]), chance)
        elif kind not in (parser.AT, parser.ASSERT_NOT):
            raise NotImplementedError(f"{kind} in a pattern of the service description")
    return text


def fits(shape: dict, text: str) -> bool:
    """Whether the text keeps all constraints of a string's shape. Lengths count characters."""
    if not shape.get("min", 0) <= len(text) <= shape.get("max", 1 << 30):
        return False
    return "pattern" not in shape or compiled(shape["pattern"]).fullmatch(text) is not None


@functools.cache
def _tree(pattern: str):
    return parser.parse(compiled(pattern).pattern)


def matching(shape: dict, chance: random.Random) -> str:
    """A string that keeps all constraints of the shape."""
    if shape.get("enum"):
        return chance.choice(shape["enum"])
    if "pattern" not in shape:
        return "n" * max(shape.get("min", 1), 3)
    for _ in range(2000):
        text = _made(_tree(shape["pattern"]), chance)
        while 0 < len(text) < shape.get("min", 0):
            text += text[-1]
        if fits(shape, text):
            return text
    raise LookupError(f"no string was found for {shape}")


def of_length(shape: dict, length: int, chance: random.Random) -> str | None:
    """A string of that length that breaks no constraint but, perhaps, that of the length; None if none was found."""
    for _ in range(50):
        text = matching(shape, chance)
        place = chance.randrange(len(text)) if text else 0
        grown = text[:length] if length <= len(text) else text[:place] + text[place:place + 1] * (length - len(text)) + text[place:]
        if len(grown) == length and ("pattern" not in shape or compiled(shape["pattern"]).fullmatch(grown)):
            return grown
    return None


def breaking(shape: dict, chance: random.Random, count: int) -> list[str]:
    """Strings of an allowed length that the pattern does not match."""
    found = []
    for _ in range(40 * count):
        text = matching(shape, chance)
        place = chance.choice([0, len(text), chance.randint(0, len(text))])
        text = text[:place] + chance.choice(ODD) + text[place + chance.randint(0, 1):]
        long_enough = shape.get("min", 0) <= len(text) <= shape.get("max", 1 << 30)
        # A class of Unicode was replaced by some of its members: only what is surely none of them breaks it.
        sure = "\\p{" not in shape["pattern"] or any(character in text for character in "\x01\n\x7f<\"\\")
        # Java's dot stops at more line ends than Python's: a newline is the one that both know.
        if long_enough and sure and not compiled(shape["pattern"]).fullmatch(text) and text not in found:
            found.append(text)
            if len(found) == count:
                break
    return found
