"""Questions nobody is asked, conditions on what comes later, and dead ends."""

from collections.abc import Iterator, Mapping, Sequence

from app.i18n import gettext as _
from app.surveys.checks.walking import Undecided, conditions_of, walks
from app.surveys.compiled import CompiledQuestion
from app.surveys.finding import Finding, advice
from app.surveys.models import QuestionKind


def findings(questions: Sequence[CompiledQuestion]) -> Iterator[Finding]:
    before: set[str] = set()
    hidden: set[str] = set()
    by_code = {question.code: question for question in questions}
    told: set[int] = set()  # screens whose condition was found to look ahead
    for place, question in enumerate(questions):
        if ahead := question.looks_at - before:
            by_screen = _only_by_screen(question, ahead)
            if not (by_screen and question.page in told):
                yield _looks_ahead(question, ahead, by_code)
            told |= {question.page} if by_screen else set()
        elif not _may_be_asked(questions[:place], question):
            yield _never_asked(question, [one for one in questions[:place] if one.code in hidden])
            hidden.add(question.code)
        if question.kind is QuestionKind.CONSENT and question.required:
            yield _blocks(question)
        before.add(question.code)
    if any(one.is_asked and one.code not in hidden for one in questions) and _may_end_empty(questions):
        sentence = _("答えによっては、ひとつも設問が出ないまま終わります。")
        yield Finding(sentence, None, _("全員に聞く設問を、ひとつ以上置いてください。"))


def _may_be_asked(before: Sequence[CompiledQuestion], question: CompiledQuestion) -> bool:
    """Is there anybody who is asked this? Yes where it cannot be told."""
    try:
        return any(question.is_for(*walk) for walk in walks(before, [question]))
    except Undecided:
        return True


def _may_end_empty(questions: Sequence[CompiledQuestion]) -> bool:
    """Is there anybody who is asked nothing at all? No where it cannot be told."""
    asked = [one for one in questions if one.is_asked]
    if any(not one.is_conditional for one in asked):
        return False
    try:
        return any(
            not any(one.is_for(answers, attributes) for one in asked)
            for answers, attributes in walks(questions, asked)
        )
    except Undecided:
        return False


def _only_by_screen(question: CompiledQuestion, ahead: frozenset[str]) -> bool:
    """Is it the condition of its screen, the same for all questions on it, that looks ahead?"""
    return question.page_condition is not None and ahead <= question.page_condition.questions


def _looks_ahead(
    question: CompiledQuestion, ahead: frozenset[str], by_code: Mapping[str, CompiledQuestion]
) -> Finding:
    names = _("」と「").join(by_code[code].title for code in by_code if code in ahead)
    said = {"title": question.title or question.code, "names": names}
    by_screen = _only_by_screen(question, ahead)
    if not names:
        sentence = (
            _("「%(title)s」の画面を出す条件が、もうない設問を見ています。", **said)
            if by_screen
            else _("「%(title)s」を出す条件が、もうない設問を見ています。", **said)
        )
        return Finding(sentence, question.code, _("その条件を消してください。"))
    sentence = (
        _("「%(title)s」の画面を出す条件が、それまでに聞いていない「%(names)s」を見ています。", **said)
        if by_screen
        else _("「%(title)s」を出す条件が、それまでに聞いていない「%(names)s」を見ています。", **said)
    )
    return Finding(sentence, question.code, _("順番を変えるか、条件を消してください。"))


def _never_asked(question: CompiledQuestion, hidden: Sequence[CompiledQuestion]) -> Finding:
    looked_at = frozenset().union(*(one.questions for one in conditions_of(question)))
    cause = next((one for one in hidden if one.code in looked_at), None)
    sentence = _("「%(title)s」は、だれにも出ません。", title=question.title or question.code)
    if cause is not None:
        mend = _(
            "条件が見ている「%(title)s」も、だれにも出ません。先にそちらを直してください。", title=cause.title
        )
    else:
        mend = _("出す条件をすべて満たす答えがありません。条件を直すか、設問を消してください。")
    return Finding(sentence, question.code, mend)


def _blocks(question: CompiledQuestion) -> Finding:
    sentence = _("「%(title)s」に同意しない方は、ここから先へ進めません。", title=question.title)
    return advice(
        sentence,
        _("同意がなくても答えてもらえるなら、「答えてもらってから先へ進む」を外してください。"),
        question.code,
    )
