"""The small changes that can be made to a module: one operator, constant, filter or call at a time."""

import ast
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: (r"<", "<="),
    ast.LtE: (r"<=", "<"),
    ast.Gt: (r">", ">="),
    ast.GtE: (r">=", ">"),
    ast.Eq: (r"==", "!="),
    ast.NotEq: (r"!=", "=="),
    ast.In: (r"in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
    ast.Is: (r"is", "is not"),
    ast.IsNot: (r"is\s+not", "is"),
}
OPERATORS: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: (r"-", "+"),
    ast.Mult: (r"\*", "/"),
    ast.Div: (r"/", "*"),
    ast.FloorDiv: (r"//", "*"),
    ast.BitAnd: (r"&", "|"),
    ast.BitOr: (r"\|", "&"),
}
# Names of functions, methods and options, and what takes their place.
SWAPPED = {
    name: other
    for pair in (("min", "max"), ("first", "last"), ("any", "all"), ("arg_min", "arg_max"), ("left", "inner"))
    for name, other in (pair, pair[::-1])
} | {"anti": "semi", "semi": "anti", "sorted": "list"}
# What only a function may be; the others are options, such as `how="left"`, as well.
BUILT_IN = {"sorted", "min", "max", "any", "all"}
# Methods that may be left out of a chain.
DROPPED = {"filter", "drop_nulls", "fill_null", "unique", "sort", "clip", "strip", "lower"}
# Functions of one argument that may be left out around it.
UNWRAPPED = {"abs", "round"}
# One more or less of so many is nobody's concern: bytes, rows that are read at a time.
THOUSANDS = 1000
SILENT = {"log", "logging", "warnings"}


@dataclass(frozen=True)
class Change:
    """Bytes `start` to `end` of a file, in `line` from `column` on, become `new`; `text` is that line as it is."""

    path: str
    line: int
    column: int
    start: int
    end: int
    old: str
    new: str
    text: str

    def __str__(self) -> str:
        old, new = (" ".join(words.split()) for words in (self.old, self.new))
        return f"{self.path}:{self.line} {old} → {new or 'nothing'}    {self.text}"

    def order(self, seed: int) -> str:
        """Where a sample has it: by what it says, so that an edit elsewhere in the file draws no other sample."""
        return hashlib.sha256(
            f"{seed}|{self.path}|{self.text}|{self.column}|{self.old}|{self.new}".encode()
        ).hexdigest()

    def applied_to(self, source: bytes) -> bytes:
        """The file with the change."""
        return source[: self.start] + self.new.encode() + source[self.end :]


def changes_of(path: str, source: bytes) -> list[Change]:
    """All changes that can be made to a module, in order; none to its words, types and log."""
    return sorted(_Finder(path, source).found(), key=lambda change: (change.start, change.end, change.new))


class _Finder:
    def __init__(self, path: str, source: bytes) -> None:
        self._path = path
        self._source = source
        self._lines = source.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def found(self) -> Iterator[Change]:
        yield from self._within(ast.parse(self._source))

    def _within(self, node: ast.AST) -> Iterator[Change]:
        if _is_words(node):
            return
        yield from self._of(node)
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list") or (
                isinstance(node, ast.ClassDef) and name == "keywords"
            ):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from self._within(child)

    def _of(self, node: ast.AST) -> Iterator[Change]:
        match node:
            case ast.Compare() | ast.BoolOp() | ast.BinOp():
                yield from self._of_operators(node)
            case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
                yield self._change(node, self._text(operand))
            case ast.Constant(value=value):
                yield from (self._change(node, new) for new in _other_constants(value))
            case ast.Expr(value=ast.Call()) | ast.Continue():
                yield self._change(node, "pass")
            case ast.Call():
                yield from self._of_call(node)
            case _:
                pass

    def _of_operators(self, node: ast.Compare | ast.BoolOp | ast.BinOp) -> Iterator[Change]:
        match node:
            case ast.Compare(left=left, ops=operators, comparators=others):
                for before, operator, after in zip([left, *others], operators, others, strict=False):
                    yield from self._between(before, after, *COMPARISONS[type(operator)])
            case ast.BoolOp(op=operator, values=values):
                old, new = ("and", "or") if isinstance(operator, ast.And) else ("or", "and")
                for before, after in pairwise(values):
                    yield from self._between(before, after, old, new)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
                if not (_is_text(left) or _is_text(right) or _is_type(right)):
                    yield from self._between(left, right, *OPERATORS[type(operator)])
            case _:
                pass

    def _of_call(self, call: ast.Call) -> Iterator[Change]:
        end = self._offset(call.func.end_lineno or 0, call.func.end_col_offset or 0)
        match call.func:
            case ast.Attribute(attr=name):
                if name in DROPPED:
                    # From the dot on: what it is called on may be in brackets.
                    yield self._bytes(end - len(name) - 1, self._span(call)[1], "")
                if name in SWAPPED:
                    yield self._bytes(end - len(name), end, SWAPPED[name])
            case ast.Name(id=name):
                if name in SWAPPED:
                    yield self._bytes(end - len(name), end, SWAPPED[name])
                if name in UNWRAPPED and len(call.args) == 1:
                    yield self._change(call, f"({self._text(call.args[0])})")
            case _:
                pass

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno or 0, node.end_col_offset or 0)

    def _text(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return self._source[start:end].decode()

    def _change(self, node: ast.expr | ast.stmt, new: str) -> Change:
        return self._bytes(*self._span(node), new)

    def _between(self, before: ast.expr, after: ast.expr, pattern: str, new: str) -> Iterator[Change]:
        """The operator between two operands, of which either may be in brackets."""
        start, end = self._span(before)[1], self._span(after)[0]
        word = pattern[0].isalpha()
        found = re.search(rf"\b{pattern}\b" if word else pattern, self._source[start:end].decode())
        if found is not None:
            yield self._bytes(start + found.start(), start + found.end(), new)

    def _bytes(self, start: int, end: int, new: str) -> Change:
        line = self._source.count(b"\n", 0, start) + 1
        text = self._lines[line - 1].decode().strip()
        old = self._source[start:end].decode()
        return Change(self._path, line, start - self._starts[line - 1], start, end, old, new, text)


def _is_words(node: ast.AST) -> bool:
    """Whether it says something to people or to a type checker: no test is asked to hold its letters."""
    match node:
        case ast.JoinedStr() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call() as call):
            return _is_words(call)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name) | ast.Attribute(attr=name))):
            return name in SILENT
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(op=ast.BitOr())):
            # A type that is one of several.
            return name[:1].isupper() and not name.isupper()
        case _:
            return False


def _other_constants(value: object) -> list[str]:
    match value:
        case bool():
            return [str(not value)]
        case int() if value >= THOUSANDS:
            return []
        case int():
            # One less than none is the last one, or never.
            return [str(value + 1), str(value - 1)] if value else ["1"]
        case float() if value:
            return [repr(round(value * by, 12)) for by in (1.1, 0.9)]
        case str() if value in SWAPPED and value not in BUILT_IN:
            return [f'"{SWAPPED[value]}"']
        case _:
            return []


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def _is_type(node: ast.AST) -> bool:
    """What stands on the right of `Request | Wait`, `date | None` and `Document | list[Document]`."""
    if isinstance(node, ast.Constant):
        return node.value is None
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Name) and node.value.id in ("list", "dict", "tuple")
    return isinstance(node, ast.Name) and node.id[:1].isupper() and not node.id.isupper()
