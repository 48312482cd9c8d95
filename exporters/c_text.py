"""Names and lines of C."""

from __future__ import annotations

import re
import textwrap

from wann_edge.errors import ExportError

# C up to C23 and C++ up to C++20.
_KEYWORD = re.compile(
    r"""
    alignas|alignof|and|and_eq|asm|auto|bitand|bitor|bool|break|case|catch|char|char8_t|
    char16_t|char32_t|class|co_await|co_return|co_yield|compl|concept|const|const_cast|
    consteval|constexpr|constinit|continue|decltype|default|delete|do|double|dynamic_cast|
    else|enum|explicit|export|extern|false|float|for|friend|goto|if|inline|int|long|mutable|
    namespace|new|noexcept|not|not_eq|nullptr|operator|or|or_eq|private|protected|public|
    register|reinterpret_cast|requires|restrict|return|short|signed|sizeof|static|
    static_assert|static_cast|struct|switch|template|this|thread_local|throw|true|try|
    typedef|typeid|typename|typeof|typeof_unqual|union|unsigned|using|virtual|void|volatile|
    wchar_t|while|xor|xor_eq
    """,
    re.VERBOSE,
)


def check_name(name: str) -> None:
    """Raises ExportError unless headers can be named so."""
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) is None:
        fault = "is not a C identifier that begins with a letter"
    elif _KEYWORD.fullmatch(name):
        fault = "is a keyword of C or C++"
    elif f"{name}_".lower().startswith("wann_"):
        fault = "would clash with the kernel's own names"
    else:
        return
    raise ExportError(f"{name[:80]!r} {fault}", where="name", remedy="choose another name")


def wrapped(statement: str) -> str:
    """A statement in a function's body, in lines of at most 96 columns."""
    return textwrap.fill(
        statement,
        width=96,
        initial_indent="    ",
        subsequent_indent="        ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def listed(text: str) -> str:
    """Numbers of a table, in lines of at most 96 columns."""
    return textwrap.indent(textwrap.fill(text, 88), " " * 8)
