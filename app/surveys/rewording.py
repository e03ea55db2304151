"""A line of choices that was not there before: an old choice in new words, or a new one? Asked before it is saved."""

from app.surveys.choices import open_lines
from app.surveys.compiled import CompiledQuestion
from forms.researcher import QuestionForm


def is_clear(form: QuestionForm, question: CompiledQuestion) -> bool:
    """Has somebody said what each new line stands for, or is nothing open? Has the form ask where it is not.

    What was said is kept; the rest is asked with the likeliest answer. Raises BadInput for choices that cannot be.
    """
    if "choices" not in form:
        return True
    before = [{"code": one.code, "label": one.label} for one in question.choices]
    lines, gone = open_lines((form.choices.data or "").splitlines(), before)
    said, codes = form.meanings(), {one["code"] for one in gone} | {""}
    kept = {line.label: said[line.label] for line in lines if said.get(line.label) in codes}
    form.ask_what_is_meant(
        [(line.label, kept.get(line.label, line.guess)) for line in lines],
        [(one["code"], one["label"]) for one in gone],
    )
    return len(kept) == len(lines)
