"""Which question of ours a SurveyJS question becomes, type by type."""

from collections.abc import Callable, Mapping
from typing import Any

from app.i18n import gettext as _
from app.surveys.exchange.leftovers import Leftovers
from app.surveys.exchange.texts import text_of_html
from app.surveys.models import QuestionKind, ReadAs

Element = Mapping[str, Any]
# What every question may say; the rest is known to its kind.
SHARED = {"type", "name", "title", "description", "isRequired", "visibleIf", "okaeri"}
_SPECIAL = (
    (("showNoneItem", "hasNone"), "none", "noneText", "なし", True),
    (("showRefuseItem",), "refused", "refuseText", "答えたくない", True),
    (("showDontKnowItem",), "dontknow", "dontKnowText", "わからない", True),
    (("showOtherItem", "hasOther"), "other", "otherText", "その他", False),
)
_CHOICE_PARTS = {"value", "text", "showCommentArea", "isExclusive"}
MOST_STEPS = 50


def question_of(element: Element, left: Leftovers) -> dict[str, Any] | None:
    """Kind, choices and settings of a question; None where we have no such kind (then it is listed)."""
    kind = str(element.get("type", "text"))
    if kind not in _READERS:
        left.add(
            "type", kind, _("この種類の設問（%(kind)s）はまだないので、取り込みませんでした。", kind=kind)
        )
        return None
    read, own = _READERS[kind]
    found = read(element, left)
    for name, value in element.items():
        if name not in SHARED | own and value not in (None, "", [], {}):
            left.add(name, value)
    return found


def _single(element: Element, left: Leftovers) -> dict[str, Any]:
    return {
        "kind": QuestionKind.SINGLE,
        "choices": _choices(element, left),
        "settings": _order(element, left),
    }


def _multiple(element: Element, left: Leftovers) -> dict[str, Any]:
    return {
        "kind": QuestionKind.MULTIPLE,
        "choices": _choices(element, left),
        "settings": _order(element, left),
    }


def _order(element: Element, left: Leftovers) -> dict[str, Any]:
    """Choices in another order for everybody; sorting by their words is not ours."""
    order = element.get("choicesOrder", "none")
    if order not in ("none", "random", ""):
        left.add("choicesOrder", order)
    return {"shuffle": True} if order == "random" else {}


def _choices(element: Element, left: Leftovers) -> list[dict[str, Any]]:
    given = element.get("choices")
    found = [_choice(one, place, left) for place, one in enumerate(given if isinstance(given, list) else [])]
    chosen = [one for one in found if one is not None]
    for names, code, label_name, label, exclusive in _SPECIAL:
        if any(element.get(name) is True for name in names):
            text = left.text(element, label_name) or label
            chosen.append({"code": code, "label": text, "other": code == "other", "exclusive": exclusive})
    boxes = [one for one in chosen if one["other"]]
    for extra in boxes[1:]:
        extra["other"] = False
        left.add(
            f"choices.{extra['code']}.showCommentArea",
            True,
            _("書き込める選択肢は、ひとつの設問にひとつまでです。"),
        )
    return chosen


def _choice(item: Any, place: int, left: Leftovers) -> dict[str, Any] | None:
    parts = item if isinstance(item, Mapping) else {"value": item}
    code = _code(parts.get("value"))
    if code is None:
        left.add(f"choices[{place}]", item)
        return None
    for name in parts.keys() - _CHOICE_PARTS:
        left.add(f"choices[{place}].{name}", parts[name])
    return {
        "code": code,
        "label": left.text(parts, "text") or code,
        "other": parts.get("showCommentArea") is True,
        "exclusive": parts.get("isExclusive") is True,
    }


def _code(value: Any) -> str | None:
    """A choice's value as a code; None for what is no plain value."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() or None if isinstance(value, str | int | float) else None


def _rating(element: Element, left: Leftovers) -> dict[str, Any]:
    """0 to 10 is an NPS, 1 to 2..11 a scale; any other steps become choices with the same values."""
    words = {
        "low": left.text(element, "minRateDescription"),
        "high": left.text(element, "maxRateDescription"),
    }
    words = {name: text for name, text in words.items() if text}
    steps, is_labelled = _steps(element), _is_labelled(element)
    if steps == list(range(11)) and not is_labelled:
        return {"kind": QuestionKind.NPS, "settings": words}
    if steps == list(range(1, len(steps) + 1)) and 2 <= len(steps) <= 11 and not is_labelled:
        return {"kind": QuestionKind.SCALE, "settings": {**words, "points": len(steps)}}
    left.add("rateValues", steps, _("この段階は、ひとつ選ぶ設問として取り込みました。"))
    given = element.get("rateValues") or steps
    found = [_choice(one, place, left) for place, one in enumerate(given)]
    return {"kind": QuestionKind.SINGLE, "choices": [one for one in found if one is not None]}


def _steps(element: Element) -> list[Any]:
    """The values a rating offers."""
    values = element.get("rateValues")
    if isinstance(values, list) and values:
        return [one.get("value") if isinstance(one, Mapping) else one for one in values]
    low, step = _whole(element.get("rateMin"), 1), max(_whole(element.get("rateStep"), 1), 1)
    count = _whole(element.get("rateCount"), 0)
    high = _whole(element.get("rateMax"), low + (count - 1) * step if count else 5)
    return list(range(low, high + 1, step))[:MOST_STEPS]


def _is_labelled(element: Element) -> bool:
    """Have its steps words of their own?"""
    values = element.get("rateValues")
    return isinstance(values, list) and any(isinstance(one, Mapping) and one.get("text") for one in values)


def _whole(value: Any, default: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return default
    try:
        return int(float(value))
    except (ValueError, OverflowError):
        return default


def _text(element: Element, left: Leftovers) -> dict[str, Any]:
    kind = element.get("inputType", "text")
    if kind in ("number", "range"):
        limits = {"lowest": _limit(element.get("min")), "highest": _limit(element.get("max"))}
        return {
            "kind": QuestionKind.NUMBER,
            "settings": {name: value for name, value in limits.items() if value is not None},
        }
    for name in ("min", "max"):
        if element.get(name) not in (None, ""):
            left.add(name, element[name])
    if kind == "date":
        return {"kind": QuestionKind.DATE}
    if kind != "text":
        left.add(
            "inputType",
            kind,
            _("ひとことの欄として取り込みました。書き方（%(kind)s）は確かめません。", kind=kind),
        )
    return {"kind": QuestionKind.TEXT, "settings": {"short": True}}


def _limit(value: Any) -> int | float | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 10**12:
        return None
    return int(value) if float(value).is_integer() else value


def _comment(element: Element, left: Leftovers) -> dict[str, Any]:
    return {"kind": QuestionKind.TEXT, "read_as": ReadAs.OTHER}


def _boolean(element: Element, left: Leftovers) -> dict[str, Any]:
    label = left.text(element, "label")
    if element.get("isRequired") is True and not isinstance(element.get("okaeri"), Mapping):
        left.add("isRequired", True, _("はい・いいえの設問は、答えずに進めるようにしました。"))
    return {"kind": QuestionKind.CONSENT, "settings": {"label": label} if label else {}}


def _html(element: Element, left: Leftovers) -> dict[str, Any]:
    text, lost = text_of_html(left.text(element, "html"))
    if lost:
        left.add("html", "", _("文字だけを取り込みました（%(tags)s）。", tags=", ".join(lost)))
    title, _line, rest = text.partition("\n")
    return {"kind": QuestionKind.STATEMENT, "title": title, "help": rest.strip()}


_OF_CHOICES = {
    "choices", "showNoneItem", "hasNone", "noneText", "showRefuseItem", "refuseText", "showDontKnowItem",
    "dontKnowText", "showOtherItem", "hasOther", "otherText", "choicesOrder",
}  # fmt: skip
_OF_RATING = {"rateMin", "rateMax", "rateStep", "rateCount", "rateValues", "autoGenerate", "minRateDescription", "maxRateDescription"}  # fmt: skip
_READERS: dict[str, tuple[Callable[[Element, Leftovers], dict[str, Any]], set[str]]] = {
    "radiogroup": (_single, _OF_CHOICES),
    "dropdown": (_single, _OF_CHOICES),
    "buttongroup": (_single, _OF_CHOICES),
    "checkbox": (_multiple, _OF_CHOICES),
    "tagbox": (_multiple, _OF_CHOICES),
    "rating": (_rating, _OF_RATING),
    "text": (_text, {"inputType", "min", "max"}),
    "comment": (_comment, set()),
    "boolean": (_boolean, {"label"}),
    "html": (_html, {"html"}),
}
