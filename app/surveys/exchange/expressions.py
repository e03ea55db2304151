"""SurveyJS expressions as trees: `{nps} <= 6 and !({reason} anyof ['price', 'trust'])`.

The grammar is the part of SurveyJS's own (survey-core, src/expressions/grammar.pegjs) that says when a question is
shown. `or` binds weakest, then `and`, comparisons, contains / anyof / allof, and `!` tightest: `!{a} = 1` compares
`!{a}`. Words stand in either case. Sums and functions are read as far as to say that they cannot be taken.
"""

import re
from dataclasses import dataclass
from typing import Any

DEEPEST = 20
LONGEST = 10_000
_TOKEN = re.compile(
    r"""\s*(?:
      \{(?P<name>[^{}]+)\}
    | '(?P<single>(?:\\['"]|[^'])*)'
    | "(?P<double>(?:\\['"]|[^"])*)"
    | (?P<number>0x[0-9a-fA-F]+|[0-9]+(?:\.[0-9]+)?)
    | (?P<sign>\|\||&&|<=|>=|==|<>|!=|\*=|[=<>!()\[\],+\-*/%^])
    | (?P<word>[A-Za-z_][A-Za-z_0-9]*)
    )""",
    re.VERBOSE,
)
_COMPARISONS = {
    "<=": "<=", "lessorequal": "<=", ">=": ">=", "greaterorequal": ">=", "=": "=", "==": "=", "equal": "=",
    "!=": "<>", "<>": "<>", "notequal": "<>", "<": "<", "less": "<", ">": ">", "greater": ">",
}  # fmt: skip
_SEARCHES = {
    "*=": "contains", "contains": "contains", "contain": "contains", "notcontains": "notcontains",
    "notcontain": "notcontains", "anyof": "anyof", "allof": "allof", "noneof": "noneof",
}  # fmt: skip
_SUMS = ("+", "-", "*", "/", "%", "^", "power")


class Unreadable(ValueError):
    """The expression is none, or holds something that no condition here can say. The message says what."""


@dataclass(frozen=True)
class Literal:
    """A text, a number, True, False, None, or a list of these."""

    value: Any


@dataclass(frozen=True)
class Variable:
    """What somebody answered: {name}."""

    name: str


@dataclass(frozen=True)
class Comparison:
    """op: = <> < > <= >= contains notcontains anyof allof noneof."""

    op: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Filled:
    """`notempty`; `empty` is its Not."""

    part: "Node"


@dataclass(frozen=True)
class Not:
    part: "Node"


@dataclass(frozen=True)
class Group:
    """is_any: joined by or, else by and."""

    is_any: bool
    parts: tuple["Node", ...]


Node = Literal | Variable | Comparison | Filled | Not | Group


def parsed(text: str) -> Node:
    """Read an expression. Raises Unreadable."""
    if len(text) > LONGEST:
        raise Unreadable(text[:40])
    parser = _Parser(_tokens(text))
    found = parser.any_group(0)
    if parser.place < len(parser.tokens):
        raise Unreadable(parser.ahead)
    return found


def _tokens(text: str) -> list[tuple[str, str]]:
    """(kind, content) in order; contents of quotes with their escapes undone."""
    found, place, end = [], 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise Unreadable(text[place : place + 40].strip())
        content = match[match.lastgroup]
        if match.lastgroup in ("single", "double"):
            content = re.sub(r"\\(['\"])", r"\1", content)
        found.append((match.lastgroup, content))
        place = match.end()
    return found


class _Parser:
    """Recursive descent; each method reads one level of the grammar, `depth` counts brackets and negations."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.place = tokens, 0

    @property
    def ahead(self) -> str:
        """The sign or word that comes next, in small letters; "" at the end or before a value."""
        kind, content = self.tokens[self.place] if self.place < len(self.tokens) else ("", "")
        if kind in ("sign", "word"):
            return content.lower()
        return content and f"{{{content}}}" if kind == "name" else content and repr(content)

    def take(self, *wanted: str) -> str:
        """Go past the next sign or word if it is one of these, and return it; else return ""."""
        kind = self.tokens[self.place][0] if self.place < len(self.tokens) else ""
        if kind in ("sign", "word") and self.ahead in wanted:
            self.place += 1
            return self.tokens[self.place - 1][1].lower()
        return ""

    def any_group(self, depth: int) -> Node:
        return self._group(("or", "||"), self.all_group, depth)

    def all_group(self, depth: int) -> Node:
        return self._group(("and", "&&"), self.comparison, depth)

    def _group(self, signs: tuple[str, ...], part: Any, depth: int) -> Node:
        parts = [part(depth)]
        while self.take(*signs):
            parts.append(part(depth))
        return parts[0] if len(parts) == 1 else Group(signs[0] == "or", tuple(parts))

    def comparison(self, depth: int) -> Node:
        left = self.search(depth)
        while op := self.take(*_COMPARISONS):
            left = Comparison(_COMPARISONS[op], left, self.search(depth))
        return left

    def search(self, depth: int) -> Node:
        left = self.factor(depth)
        while op := self.take(*_SEARCHES):
            left = Comparison(_SEARCHES[op], left, self.factor(depth))
        if self.ahead in _SUMS:
            raise Unreadable(self.ahead)
        return left

    def factor(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise Unreadable("((…))")
        if self.take("("):
            inner = self.any_group(depth + 1)
            if not self.take(")"):
                raise Unreadable("(")
            return inner
        if self.take("!", "negate"):
            return Not(self.factor(depth + 1))
        if self.take("["):
            return self._list(depth)
        atom = self._atom()
        if word := self.take("empty", "notempty"):
            return Filled(atom) if word == "notempty" else Not(Filled(atom))
        return atom

    def _list(self, depth: int) -> Node:
        values: list[Any] = []
        while not self.take("]"):
            part = self.factor(depth + 1)
            if not isinstance(part, Literal):
                raise Unreadable("[…]")
            values.append(part.value)
            if not self.take(",") and self.ahead != "]":
                raise Unreadable("[")
        return Literal(values)

    def _atom(self) -> Node:
        negative = bool(self.take("-"))
        kind, content = self.tokens[self.place] if self.place < len(self.tokens) else ("", "")
        self.place += 1
        if kind == "number":
            return Literal(_number(content) * (-1 if negative else 1))
        if negative or kind in ("", "sign"):
            raise Unreadable(content or "…")
        if kind == "name":
            return Variable(content.strip())
        return Literal(content) if kind != "word" else self._word(content)

    def _word(self, word: str) -> Node:
        if self.ahead == "(":
            raise Unreadable(f"{word}(…)")
        known = {"true": True, "false": False, "undefined": None, "null": None}
        return Literal(known.get(word.lower(), word))


def _number(text: str) -> int | float:
    if text.lower().startswith("0x"):
        return int(text, 16)
    return float(text) if "." in text else int(text)
