"""How the names of a service description are written in C++ and in messages."""

import re

_KEYWORDS = frozenset(
    """alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept const consteval
    constexpr constinit const_cast continue co_await co_return co_yield decltype default delete do double dynamic_cast
    else enum explicit export extern false float for friend goto if inline int long mutable namespace new noexcept not
    not_eq nullptr operator or or_eq private protected public register reinterpret_cast requires return short signed
    sizeof static static_assert static_cast struct switch template this thread_local throw true try typedef typeid
    typename union unsigned using virtual void volatile wchar_t while xor xor_eq""".split()
)


def snake_case(name: str) -> str:
    """BoundingBox -> bounding_box, CollectionARN -> collection_arn, S3Object -> s3_object, AGE_RANGE -> age_range.

    A keyword of C++ gets an underscore at its end: DEFAULT -> default_.
    """
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    text = re.sub(r"[^A-Za-z0-9]+", "_", text).lower()
    if text[0].isdigit():
        text = "_" + text
    return text + "_" if text in _KEYWORDS else text


def path_name(name: str) -> str:
    """A member in messages. The live service lowers the first letter and nothing else: S3Object -> s3Object,
    CollectionARN -> collectionARN."""
    return name[0].lower() + name[1:]


def quoted(text: str) -> str:
    """A C++ string literal of `text`, in UTF-8 whatever the characters."""
    out = []
    for byte in text.encode():
        char = chr(byte)
        if char in '"\\':
            out.append("\\" + char)
        elif 0x20 <= byte < 0x7F:
            out.append(char)
        else:
            out.append(f"\\{byte:03o}")  # always three digits, so a digit that follows is not taken in
    return '"' + "".join(out) + '"'
