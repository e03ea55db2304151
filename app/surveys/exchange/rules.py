"""Conditions between SurveyJS's words (visibleIf) and ours (see app.surveys.conditions), both ways."""

from collections.abc import Mapping
from typing import Any

from app.surveys.conditions import BadRule, Condition, Rule
from app.surveys.exchange.expressions import (
    Comparison,
    Filled,
    Group,
    Literal,
    Node,
    Not,
    Unreadable,
    Variable,
    parsed,
)
from app.surveys.piping import ATTRIBUTE

ALWAYS: Rule = {"all": []}
NEVER: Rule = {"any": []}
_ORDERS = {"<": "below", ">": "above", "<=": "at_most", ">=": "at_least"}
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "<>": "<>"}
_SIGNS = {"above": ">", "below": "<", "at_least": ">=", "at_most": "<=", "exactly": "="}


def rule_of(expression: str, questions: Mapping[str, bool]) -> Rule:
    """The rule a visibleIf stands for. `questions`: names → does it hold several choices? Raises Unreadable.

    Names are found in either case, as SurveyJS does.
    """
    names = {name.casefold(): name for name in questions}
    rule = _Reader(questions, names).rule(parsed(expression))
    try:
        Condition(rule)
    except BadRule:
        raise Unreadable("((…))") from None
    return rule


class _Reader:
    def __init__(self, questions: Mapping[str, bool], names: Mapping[str, str]) -> None:
        self.questions, self.names = questions, names

    def rule(self, node: Node) -> Rule:
        """What a tree says, as a rule."""
        if isinstance(node, Group):
            return {"any" if node.is_any else "all": [self.rule(part) for part in node.parts]}
        if isinstance(node, Not):
            return {"not": self.rule(node.part)}
        if isinstance(node, Filled):
            return {**self._named(node.part), "is": "answered"}
        if isinstance(node, Variable):
            return self._truth(node)
        if isinstance(node, Comparison):
            return self._comparison(node)
        return ALWAYS if node.value else NEVER

    def _named(self, node: Node) -> Rule:
        """The question a variable names, as it is written there, or the customer's attribute."""
        if not isinstance(node, Variable):
            raise Unreadable("empty")
        found = self.names.get(node.name.casefold())
        if found is not None:
            return {"question": found}
        if node.name.startswith(ATTRIBUTE) and node.name != ATTRIBUTE:
            return {"attribute": node.name.removeprefix(ATTRIBUTE)}
        raise Unreadable(f"{{{node.name}}}")

    def _holds_several(self, named: Rule) -> bool:
        return self.questions.get(named.get("question", ""), False)

    def _truth(self, node: Variable) -> Rule:
        """A name alone: answered, and neither no nor 0."""
        named = self._named(node)
        answered = {**named, "is": "answered"}
        if self._holds_several(named):
            return answered
        return {"all": [answered, {**named, "is": "is_not", "value": False}]}

    def _comparison(self, node: Comparison) -> Rule:
        op, left, right = node.op, node.left, node.right
        if isinstance(left, Literal) and isinstance(right, Variable):
            op, left, right = self._turned(op, left, right)
        if not isinstance(left, Variable) or not isinstance(right, Literal):
            raise Unreadable(f"{_shown(left)} {op} {_shown(right)}")
        named = self._named(left)
        if right.value in (None, "", []):
            return self._emptiness(op, named)
        if op in _ORDERS:
            if isinstance(right.value, list):
                raise Unreadable(f"{op} […]")
            return {**named, "is": _ORDERS[op], "value": right.value}
        if op in ("=", "<>"):
            return self._equality(named, right.value, op == "=")
        return self._search(op, named, right.value)

    def _turned(self, op: str, left: Literal, right: Variable) -> tuple[str, Node, Node]:
        """`6 >= {nps}` says {nps} <= 6; `['a', 'b'] contains {q}` says {q} anyof ['a', 'b']."""
        if op == "contains" and isinstance(left.value, list) and not self._holds_several(self._named(right)):
            return "anyof", right, left
        if op not in _TURNED:
            raise Unreadable(f"{op} {{{right.name}}}")
        return _TURNED[op], right, left

    def _emptiness(self, op: str, named: Rule) -> Rule:
        answered = {**named, "is": "answered"}
        if op == "<>":
            return answered
        if op != "=":
            raise Unreadable(f"{op} ''")
        return {"not": answered}

    def _equality(self, named: Rule, value: Any, holds: bool) -> Rule:
        if self._holds_several(named) or isinstance(value, list):
            rule = {**named, "is": "exactly", "value": value}
            return rule if holds else {"not": rule}
        return {**named, "is": "is" if holds else "is_not", "value": value}

    def _search(self, op: str, named: Rule, value: Any) -> Rule:
        several, listed = self._holds_several(named), isinstance(value, list)
        if op in ("anyof", "noneof"):
            if not listed:
                raise Unreadable(f"{op} {value!r}")
            rule: Rule = {**named, "is": "any_of", "value": value}
            return rule if op == "anyof" else {"not": rule}
        if op == "allof" and not several:
            return {"all": [{**named, "is": "contains", "value": one} for one in _listed(value)]}
        if op == "allof" or (several and listed):
            rule = {**named, "is": "all_of", "value": _listed(value)}
            return {"not": rule} if op == "notcontains" else rule
        if several:
            return {**named, "is": "is" if op == "contains" else "is_not", "value": value}
        if listed:
            raise Unreadable(f"{op} […]")
        rule = {**named, "is": "contains", "value": value}
        return rule if op == "contains" else {"not": rule}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _shown(node: Node) -> str:
    if isinstance(node, Variable):
        return f"{{{node.name}}}"
    return repr(node.value) if isinstance(node, Literal) else "(…)"


def expression_of(rule: Rule, questions: Mapping[str, bool]) -> str:
    """A rule as a visibleIf. `questions` as in `rule_of`."""
    if "all" in rule or "any" in rule:
        parts = rule["all"] if "all" in rule else rule["any"]
        if not parts:
            return "true" if "all" in rule else "false"
        if len(parts) == 1:
            return expression_of(parts[0], questions)
        return (" and " if "all" in rule else " or ").join(_bracketed(part, questions) for part in parts)
    if "not" in rule:
        return _denied(rule["not"], questions)
    name = _name(rule)
    if rule["is"] == "answered":
        return f"{name} notempty"
    return f"{name} {_sign(rule, questions)} {_written(rule)}"


def _bracketed(rule: Rule, questions: Mapping[str, bool]) -> str:
    written = expression_of(rule, questions)
    is_group = len(rule.get("all", rule.get("any", ()))) > 1
    return f"({written})" if is_group else written


def _denied(rule: Rule, questions: Mapping[str, bool]) -> str:
    """The opposite of a rule, by SurveyJS's own word where there is one."""
    name, op = _name(rule), rule.get("is")
    if op == "answered":
        return f"{name} empty"
    if op in ("contains", "all_of"):
        return f"{name} notcontains {_written(rule)}"
    if op == "any_of":
        return f"{name} noneof {_written(rule)}"
    if op == "exactly":
        return f"{name} <> {_written(rule)}"
    return f"!({expression_of(rule, questions)})"


def _name(rule: Rule) -> str:
    if "attribute" in rule:
        return f"{{{ATTRIBUTE}{rule['attribute']}}}"
    return f"{{{rule.get('question')}}}"


def _sign(rule: Rule, questions: Mapping[str, bool]) -> str:
    op, several = rule["is"], questions.get(rule.get("question", ""), False)
    if op == "is":
        return "contains" if several else "="
    if op == "is_not":
        return "notcontains" if several else "<>"
    return _SIGNS.get(op) or str(op).replace("_", "")


def _written(rule: Rule) -> str:
    value = rule.get("value")
    return _literal(_listed(value) if rule["is"] in ("any_of", "all_of") else value)


def _literal(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(_literal(one) for one in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    escaped = str(value).replace("'", "\\'").replace('"', '\\"')
    return f"'{escaped}'"
