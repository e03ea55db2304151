"""So many read answers, with all that the review workbench keeps about them, written by the database itself.

Everything follows from a row's number by remainders: the same volume is the same rows, and a million take a minute.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.customers.models import Customer, CustomerKind, CustomerState, Segment
from app.db import db
from app.reasons import services as reasons
from app.reasons.doubles import DoubleCode, DoubleItem, DoubleSample
from app.reasons.drafts import DraftFate, DraftKind, ReadingDraft
from app.reasons.engine import NONE
from app.reasons.models import (
    AnalysisRun,
    Clause,
    ClauseRole,
    Coder,
    Coding,
    DraftState,
    Polarity,
    Reading,
    ReadingState,
    Reason,
    ReviewEvent,
    RunState,
    Theme,
    ThemeMember,
)
from app.reasons.models_voices import RivalMention, SearchText
from app.reasons.services.search import search_row
from app.responses.models import Answer, Door, Response, ResponseState
from tests import factories, factories_reasons

SAID = (
    "送料が高くなったのでやめました。",
    "届くのが遅く、箱もつぶれていました。",
    "電話の応対がそっけなく感じました。",
    "味が前より薄くなった気がします。",
    "注文の画面が使いにくくて困りました。",
    "欲しい茶葉の種類がなくなりました。",
    "近所の店で買うようになりました。",
    "引っ越して量がいらなくなりました。",
    "しばらく忘れていただけです。",
    "値上げのお知らせがなく残念でした。",
    "個人のことを何度も聞かれて不安でした。",
    "とくに理由はありません。",
)
RIVALS = ("伊右衛門", "山本山", "おーいお茶", "丸久", "一保堂", "辻利")
THEMES, MOST_DECIDED, MOST_DRAFTED, SAMPLED = 12, 20_000, 20_000, 40
MINUTES = 600_000  # some 416 days, over which the sheets are strewn
NUMBER = sa.table("bench_number", sa.column("i", sa.BigInteger))
I = NUMBER.c.i  # noqa: E741 (the number of a row)


def fill(model: Any, where: Any = None, **columns: Any) -> None:
    """One row of a table for each number; a column is an expression of `I` or one value for all."""
    table = model.__table__
    values = [
        one if isinstance(one, sa.ColumnElement) else sa.literal(one, table.c[name].type)
        for name, one in columns.items()
    ]
    source = sa.select(*values).select_from(NUMBER)
    db.session.execute(
        sa.insert(table).from_select(list(columns), source if where is None else source.where(where))
    )


def count_up(volume: int) -> None:
    """The numbers from 1 to `volume`, for this connection."""
    db.session.execute(sa.text("create temporary table bench_number (i bigint primary key)"))
    db.session.execute(
        sa.text(
            "insert into bench_number with recursive n(i) as "
            "(select 1 union all select i + 1 from n where i < :last) select i from n"
        ),
        {"last": volume},
    )


def ago(now: datetime, minutes: Any, day: bool = False) -> Any:
    """SQL: the instant (or the day) so many minutes before."""
    if db.engine.dialect.name == "postgresql":
        found = sa.cast(now, sa.DateTime(timezone=True)) - minutes * sa.text("interval '1 minute'")
        return sa.cast(found, sa.Date) if day else found
    form = "%Y-%m-%d" if day else "%Y-%m-%d %H:%M:%S.000000"
    back = sa.literal("-") + sa.cast(minutes, sa.String) + " minutes"
    return sa.func.strftime(form, now.strftime("%Y-%m-%d %H:%M:%S"), back)


def one_of(values: Any, number: Any, column: Any = None) -> Any:
    """SQL: one of these values by a number's remainder."""
    kind = column.type if column is not None else None
    given = [sa.literal(value, kind) for value in values]
    return sa.case(*[(number % len(given) == place, one) for place, one in enumerate(given)], else_=given[0])


def tell(volume: int, now: datetime) -> dict[str, int]:
    """Write it all; numbers that addresses need: survey, theme, run, sample, segment and a reading to decide on."""
    reasons.seed_codebook(now)
    people = [factories.member(email="kanri@asagiri.example"), factories.member(email="cx@asagiri.example")]
    db.session.add_all([*people, survey := factories_reasons.survey()])
    db.session.flush()
    count_up(volume)
    tops = [one for one in db.session.scalars(sa.select(Reason).order_by(Reason.id)) if one.code != NONE]
    _sheets(survey, now)
    _readings(survey, tops, now)
    run = _runs(survey, tops, now)
    theme = _themes(survey, now)
    sample = _doubles(survey, people, now)
    segment = Segment(name="個人の離反", filters={"kind": "person", "states": ["lapsed"]}, created_at=now)
    db.session.add_all(
        [segment, Segment(name="取引先", filters={"kind": "account"}, created_at=now)],
    )
    db.session.flush()
    return {"survey": survey.id, "theme": theme, "run": run, "sample": sample, "segment": segment.id}


def _sheets(survey: Any, now: datetime) -> None:
    version = survey.versions[0]
    [question] = [one for one in version.questions if one.code == "reason"]
    fill(
        Customer,
        id=I, key=sa.literal("K") + sa.cast(I, sa.String), name="山本 花子", attributes={},
        kind=one_of((CustomerKind.PERSON, CustomerKind.PERSON, CustomerKind.ACCOUNT), I, Customer.kind),
        state=one_of((CustomerState.LAPSED, CustomerState.DORMANT), I, Customer.state),
        last_bought_on=ago(now, 600_000 + (I * 7919) % 700_000, day=True),
        purchase_count=1 + I % 40, purchase_total=1000 + (I * 31) % 90_000, yearly_revenue=(I * 17) % 60_000,
        created_at=now, changed_at=now,
    )  # fmt: skip
    at = ago(now, (I * 7919) % MINUTES)
    fill(
        Response,
        id=I, survey_id=survey.id, survey_version_id=version.id, customer_id=I, door=Door.LINK, attributes={},
        state=ResponseState.SUBMITTED, nps=(I * 13) % 11, started_at=at, saved_at=at, submitted_at=at,
    )  # fmt: skip
    text = one_of(SAID, I) + sa.cast(I, sa.String)
    fill(Answer, id=I, response_id=I, question_id=question.id, text=text)
    found = [search_row(0, one, ()) for one in SAID]
    fill(
        SearchText, answer_id=I, shown=one_of([one["shown"] for one in found], I, SearchText.shown), whole=""
    )


def _readings(survey: Any, tops: list[Reason], now: datetime) -> None:
    none = db.session.scalars(sa.select(Reason.id).where(Reason.code == NONE)).one()
    ids = [one.id for one in tops]
    silent, unnamed = I % 12 == 11, I % 20 == 0
    main = sa.case((silent, none), (unnamed, sa.null()), else_=one_of(ids, I * 7))
    decided = sa.and_(I % 50 == 7, I <= 50 * MOST_DECIDED)
    at = ago(now, (I * 7919) % MINUTES)
    fill(
        Reading,
        id=I, answer_id=I, response_id=I, survey_id=survey.id, text_hash=sa.cast(I, sa.String), main_reason_id=main,
        polarity=one_of((Polarity.NEG, Polarity.NEG, Polarity.NEU, Polarity.MIXED), I, Reading.polarity),
        confidence=((I * 7919) % 1000) / 1000.0, unexplained=sa.and_(unnamed, ~silent), masked=[], read_at=at,
        state=sa.case((decided, ReadingState.CONFIRMED.value), else_=ReadingState.PROPOSED.value),
        confirmed_at=sa.case((decided, ago(now, I % 40_000))), confirmed_by_id=sa.case((decided, 1)),
    )  # fmt: skip
    for start, end, where in ((0, 8, sa.true()), (8, 16, I % 5 == 0)):
        fill(
            Clause,
            where,
            id=I * 2 + (start > 0), reading_id=I, start=start, end=end, role=ClauseRole.COUNTED,
        )  # fmt: skip
        fill(
            Coding,
            sa.and_(where, ~silent, ~unnamed),
            clause_id=I * 2 + (start > 0), reason_id=one_of(ids, I * 7 + start),
            coder=sa.case((decided, Coder.PERSON.value), else_=Coder.RUN.value), probability=0.8, because=["高い"], at=now,
        )  # fmt: skip
    before = [{"state": "proposed", "main_reason_id": one, "revision": 1} for one in ids]
    fill(
        ReviewEvent,
        decided,
        reading_id=I, member_id=1, verb="confirmed", at=ago(now, I % 40_000),
        before=one_of(before, I, ReviewEvent.before), after={},
    )  # fmt: skip
    fill(RivalMention, I % 40 == 3, reading_id=I, name=one_of(RIVALS, I, RivalMention.name))


def _runs(survey: Any, tops: list[Reason], now: datetime) -> int:
    """A run of each week, and one that waits for a decision."""
    quality = {"n": 200, "before": 150, "after": 160, "better": 18, "worse": 8, "folds": 5}
    states = {"survey_id": survey.id, "state": RunState.DONE, "queued_at": now, "touched_at": now}
    db.session.add_all([AnalysisRun(**states, finished_at=now, themed_at=now) for _week in range(30)])
    run = AnalysisRun(**states, finished_at=now, themed_at=now, draft=DraftState.READY, quality=quality)
    db.session.add(run)
    db.session.flush()
    ids = [one.id for one in tops]
    fill(
        ReadingDraft,
        sa.and_(I <= MOST_DRAFTED, I % 50 != 7),
        run_id=run.id, answer_id=I, text_hash=sa.cast(I, sa.String), fate=DraftFate.WAITING, before=None,
        kind=one_of((DraftKind.SAME, DraftKind.MOVED, DraftKind.TURNED), I, ReadingDraft.kind),
        from_reason_id=one_of(ids, I * 7), to_reason_id=one_of(ids, I * 5),
        from_polarity=Polarity.NEG, to_polarity=one_of((Polarity.NEG, Polarity.NEU), I, ReadingDraft.to_polarity),
        found={"reasons": [[tops[0].code, 0.9]]},
    )  # fmt: skip
    return run.id


def _themes(survey: Any, now: datetime) -> int:
    """As many as a search proposes, of up to 1,600 answers each."""
    found = [
        Theme(survey_id=survey.id, name=f"太陽光パネルが悲しい {n}", proposed_at=now) for n in range(THEMES)
    ]
    db.session.add_all(found)
    db.session.flush()
    ids = [one.id for one in found]
    fill(
        ThemeMember,
        sa.and_(I % 20 == 0, I <= MOST_DRAFTED * 20),
        theme_id=one_of(ids, I / 20), answer_id=I,
        typical=sa.case((I < 20 * 12 * 6, I / 240 + 1), else_=0), edge=sa.case((I < 20 * 12 * 3, I / 240 + 1), else_=0),
    )  # fmt: skip
    return ids[0]


def _doubles(survey: Any, people: list[Any], now: datetime) -> int:
    first, second = people
    sample = DoubleSample(
        survey_id=survey.id,
        seed=1,
        first_id=first.id,
        second_id=second.id,
        drawn_by_id=first.id,
        drawn_at=now,
    )
    db.session.add(sample)
    for number in range(1, SAMPLED + 1):
        item = DoubleItem(reading_id=number, position=number, text_hash=str(number))
        for place, member in enumerate(people):
            code = "price" if (number + place) % 7 else "quality"
            item.codes.append(DoubleCode(member_id=member.id, codes=[code], at=now))
        sample.items.append(item)
    db.session.flush()
    return sample.id
