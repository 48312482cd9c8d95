"""Check names for C, and wrap lines of C."""

from __future__ import annotations

import textwrap

from wann_edge.exporters.names import check_name

# C up to C23 and C++ up to C++20.
KEYWORDS = frozenset(
    (
        *("alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool"),
        *("break", "case", "catch", "char", "char8_t", "char16_t", "char32_t", "class"),
        *("co_await", "co_return", "co_yield", "compl", "concept", "const", "const_cast"),
        *("consteval", "constexpr", "constinit", "continue", "decltype", "default", "delete"),
        *("do", "double", "dynamic_cast", "else", "enum", "explicit", "export", "extern"),
        *("false", "float", "for", "friend", "goto", "if", "inline", "int", "long", "mutable"),
        *("namespace", "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or", "or_eq"),
        *("private", "protected", "public", "register", "reinterpret_cast", "requires"),
        *("restrict", "return", "short", "signed", "sizeof", "static", "static_assert"),
        *("static_cast", "struct", "switch", "template", "this", "thread_local", "throw", "true"),
        *("try", "typedef", "typeid", "typename", "typeof", "typeof_unqual", "union", "unsigned"),
        *("using", "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq"),
    )
)


# The languages' own headers, which an exported header must not hide.
HEADERS = frozenset(
    (
        *("assert", "complex", "ctype", "errno", "fenv", "float", "inttypes", "iso646", "limits"),
        *("locale", "math", "setjmp", "signal", "stdalign", "stdarg", "stdatomic", "stdbool"),
        *("stdbit", "stdckdint", "stddef", "stdint", "stdio", "stdlib", "stdnoreturn", "string"),
        *("tgmath", "threads", "time", "uchar", "unistd", "wchar", "wctype"),
        *("dirent", "fcntl", "malloc", "memory", "poll", "pthread", "sched", "strings", "windows"),
    )
)


# Around the functions of a header.
CASTS_BEGIN = """\
/* The casts of C give no warnings in C++. */
#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wuseless-cast"
#endif
#endif
"""
CASTS_END = """\
#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
"""


def check_c_name(name: str) -> None:
    """Check the name of a header.

    Raises:
        ExportError: the name is not valid in C or C++.
    """
    check_name(name, "C or C++", KEYWORDS | HEADERS)


def wrapped(statement: str) -> str:
    """Wrap a statement of a function's body to lines of at most 96 columns."""
    return textwrap.fill(
        statement,
        width=96,
        initial_indent="    ",
        subsequent_indent="        ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def listed(text: str) -> str:
    """Wrap the numbers of a table to lines of at most 96 columns."""
    return textwrap.indent(textwrap.fill(text, 88), " " * 8)
