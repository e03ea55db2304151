"""Answers and details of a customer inside texts: {{main_reason|その理由}}, {{attribute:ご利用|当店}}.

Behind the line stand the words for those of whom nothing is known. What is put in is plain text: pages escape it, and
it is never read for references again. Customers' details only where the survey marks them 表示可.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.i18n import JAPANESE, speaking
from app.i18n import gettext as _
from app.surveys.attributes import is_private
from app.surveys.compiled import CompiledQuestion
from app.surveys.conditions import Attributes, is_answer
from app.surveys.eras import day_in_words
from app.surveys.finding import Finding, Place
from app.surveys.models import QuestionKind

ATTRIBUTE = "attribute:"
LONGEST_SAID, LONGEST_SHOWN = 60, 40
REFERENCE = re.compile(r"\{\{([^{}|]*)(?:\|([^{}]*))?\}\}")
Said = Mapping[str, str]


@dataclass(frozen=True)
class Reference:
    """One {{name|fallback}}; fallback None where there is no line."""

    name: str
    fallback: str | None

    @property
    def attribute(self) -> str | None:
        """The name of the customer's detail, where it is one."""
        return self.name.removeprefix(ATTRIBUTE).strip() if self.name.startswith(ATTRIBUTE) else None


def references(text: str) -> Iterator[Reference]:
    """The references in a text, in order."""
    for match in REFERENCE.finditer(text):
        yield Reference(match[1].strip(), match[2])


def filled(text: str, said: Said) -> str:
    """The text with what was said put in; the fallback where nothing was."""
    if "{{" not in text:
        return text
    return REFERENCE.sub(lambda match: said.get(match[1].strip()) or match[2] or "", text)


def plain(text: str) -> str:
    """The text as somebody reads it of whom nothing is known: for lists of the staff."""
    return filled(text, {})


def question_filled(question: CompiledQuestion, said: Said) -> CompiledQuestion:
    """The question with its references filled in: title, help, choices, and the words at the ends."""
    return _changed(question, lambda text: filled(text, said))


def _changed(question: CompiledQuestion, change: Callable[[str], str]) -> CompiledQuestion:
    """The question with each of its texts changed; itself where none holds a reference."""
    if not any("{{" in text for text in _shown_texts(question)):
        return question
    settings = {
        name: change(value) if name in _WORDS and isinstance(value, str) else value
        for name, value in question.settings.items()
    }
    choices = tuple(replace(choice, label=change(choice.label)) for choice in question.choices)
    title, text = change(question.title), change(question.help)
    return replace(question, title=title, help=text, choices=choices, settings=settings)


_WORDS = ("low", "middle", "high", "label")


def said_by(question: CompiledQuestion, value: Any) -> str:
    """An answer in words, in the language of the survey; "" where there is none."""
    if not is_answer(value):
        return ""
    with speaking(JAPANESE):
        if question.choices:
            chosen = value if isinstance(value, list | tuple) else [value]
            return _("、").join(choice.label for choice in question.choices if choice.code in chosen)
        if question.kind is QuestionKind.CONSENT:
            return _("はい") if value else _("いいえ")
        if question.kind is QuestionKind.DATE:
            return day_in_words(value)
    words = (
        f"{value}{question.settings.get('unit') or ''}"
        if question.kind is QuestionKind.NUMBER
        else str(value)
    )
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_SAID else f"{line[: LONGEST_SAID - 1]}…"


def said_of(attributes: Attributes, shown: Iterable[str]) -> dict[str, str]:
    """The details of a customer that may be shown, by the name they are called in a text."""
    found = {name: attributes.get(name) for name in shown if not is_private(name)}
    return {f"{ATTRIBUTE}{name}": str(value) for name, value in found.items() if is_answer(value)}


def piping_findings(
    questions: Sequence[CompiledQuestion], shown: Iterable[str] = (), thanks: str = ""
) -> list[Finding]:
    """What is wrong with the references in the questions and in the thanks. `shown`: details that may be shown."""
    allowed, earlier = set(shown), set[str]()
    found = []
    for page in _screens(questions):
        for question in page:
            for text in dict.fromkeys(_texts(question)):
                found += [replace(one, question=question.code) for one in _problems(text, earlier, allowed)]
        earlier |= {question.code for question in page if question.is_asked}
    return found + thanks_findings(questions, shown, thanks)


def thanks_findings(
    questions: Sequence[CompiledQuestion], shown: Iterable[str], thanks: str
) -> list[Finding]:
    """What is wrong with the references in the thanks, which know every answer."""
    asked = {question.code for question in questions if question.is_asked}
    return [
        one if one.place is Place.PIPING else replace(one, place=Place.TEXTS)
        for one in _problems(thanks, asked, set(shown))
    ]


def _screens(questions: Sequence[CompiledQuestion]) -> list[list[CompiledQuestion]]:
    pages: dict[int, list[CompiledQuestion]] = {}
    for question in questions:
        pages.setdefault(question.page, []).append(question)
    return list(pages.values())


def _shown_texts(question: CompiledQuestion) -> Iterator[str]:
    yield from (question.title, question.help, *(choice.label for choice in question.choices))
    yield from (str(question.settings[name]) for name in _WORDS if question.settings.get(name))


def _texts(question: CompiledQuestion) -> Iterator[str]:
    yield from _shown_texts(question)
    for prompt in question.prompts:
        yield from (prompt.title, prompt.help)


def attributes_named(questions: Sequence[CompiledQuestion], thanks: str) -> list[str]:
    """The customers' details that stand in the texts, in order, each once."""
    texts = [text for question in questions for text in _texts(question)] + [thanks]
    names = (one.attribute for text in texts for one in references(text))
    return list(dict.fromkeys(name for name in names if name))


def _problems(text: str, earlier: set[str], allowed: set[str]) -> Iterator[Finding]:
    rest = REFERENCE.sub("", text)
    if "{{" in rest or "}}" in rest:
        shown = text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
        sentence = _("「%(shown)s」の差し込みが閉じていません。", shown=shown)
        yield Finding(sentence, None, _("{{記号|代わりのことば}}の形にしてください。"))
    for one in references(text):
        said = {"name": one.name}
        if one.fallback is None:
            sentence = _("差し込み {{%(name)s}} に、答えがないときのことばがありません。", **said)
            yield Finding(
                sentence, None, _("{{%(name)s|その理由}}のように、代わりのことばを足してください。", **said)
            )
        if one.attribute is None and one.name not in earlier:
            sentence = _("差し込み {{%(name)s}} は、前の画面の設問ではありません。", **said)
            yield Finding(sentence, None, _("前の画面でたずねる設問の記号にしてください。"))
        elif one.attribute is not None and one.attribute not in allowed:
            sentence = _("差し込み {{%(name)s}} は、お客さまに見せてよい項目に入っていません。", **said)
            yield Finding(
                sentence,
                None,
                _("「差し込み」の画面で、見せてよい項目に加えるか、差し込みを消してください。"),
                place=Place.PIPING,
            )
