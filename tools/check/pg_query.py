"""PostgreSQL's own parser, from libpg-query."""
import ctypes
import json


class _Error(ctypes.Structure):
    _fields_ = [("message", ctypes.c_char_p), ("funcname", ctypes.c_char_p), ("filename", ctypes.c_char_p),
                ("lineno", ctypes.c_int), ("cursorpos", ctypes.c_int), ("context", ctypes.c_char_p)]


class _Result(ctypes.Structure):
    _fields_ = [("parse_tree", ctypes.c_char_p), ("stderr_buffer", ctypes.c_char_p), ("error", ctypes.POINTER(_Error))]


_library = ctypes.CDLL("libpg_query.so")
_library.pg_query_parse.restype = _Result
_library.pg_query_parse.argtypes = [ctypes.c_char_p]
_library.pg_query_free_parse_result.argtypes = [_Result]


class Malformed(Exception):
    """A parse error: the message, and the line of the text, from 0."""

    def __init__(self, message, line):
        super().__init__(message)
        self.line = line


def parse(text):
    """The statements of `text`: (tree, its text with the comments before it, the line on which that begins)."""
    data = text.encode()
    result = _library.pg_query_parse(data)
    try:
        if result.error:
            error = result.error.contents
            raise Malformed(error.message.decode(), data[:max(error.cursorpos - 1, 0)].count(b"\n"))
        found = []
        for statement in json.loads(result.parse_tree)["stmts"]:
            at = statement.get("stmt_location", 0)
            end = at + statement["stmt_len"] if statement.get("stmt_len") else len(data)
            found.append((statement["stmt"], data[at:end].decode(), data[:at].count(b"\n")))
        return found
    finally:
        _library.pg_query_free_parse_result(result)


def nodes(part):
    """Every (type, node) of a tree."""
    if isinstance(part, dict):
        for key, value in part.items():
            if isinstance(value, dict):
                yield key, value
            yield from nodes(value)
    elif isinstance(part, list):
        for value in part:
            yield from nodes(value)
