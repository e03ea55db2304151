"""What is under way when a worker is killed, when it is done, and what must hold then.

One scenario for each family of points (the word before the dot). `prepare` stores what is given and rings; `is_done`
tells when nothing more is to come; `check` asserts that nothing is half done and nothing doubled.
"""

from collections import Counter
from datetime import timedelta

import sqlalchemy as sa

from app import clock, jobs
from app.campaigns import services as campaigns
from app.campaigns.models import Arm, Campaign, CampaignState, Invitation, Message, Skip
from app.customers import services as customers
from app.customers.importers import ask_undo, rejected_path_of
from app.customers.models import (
    Consent,
    Customer,
    CustomerFact,
    CustomerState,
    ImportBatch,
    ImportState,
    LapseRule,
    TimelineEntry,
)
from app.db import db, unit_of_work
from app.reasons import services as reasons
from app.reasons.drafts import DraftFate, ReadingDraft
from app.reasons.models import AnalysisRun, Clause, DraftState, Reading, Reason, RunState, Theme, ThemeMember
from app.reasons.models_voices import SearchFill, SearchText
from app.reasons.queries import VoiceFilters, voices
from app.reasons.services.search import start_fill
from app.responses import services as responses
from app.responses.models import Answer, AnswerLink, Door, Response
from app.responses.own_answers import ask_for_link
from tests import factories, factories_campaigns, factories_customers, factories_reasons, factories_surveys
from tests.factories_reasons import UNNAMED
from tests.sink import Sink


def count(kind: type, *conditions: sa.ColumnElement[bool]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(kind).where(*conditions)) or 0


def doubled(*columns: sa.ColumnElement[object]) -> list[object]:
    """Groups of rows that say the same thing more than once."""
    query = sa.select(*columns).group_by(*columns).having(sa.func.count() > 1)
    return [tuple(row) for row in db.session.execute(query)]


class OneSheet:
    """A customer has submitted a sheet; it is to be read."""

    def prepare(self) -> None:
        submit_one_sheet()

    def is_done(self) -> bool:
        return count(Reading) == self.written()

    def written(self) -> int:
        return count(Answer, Answer.text != "", Answer.question.has(read_as=sa.null()) == sa.false())

    def check(self, point: str, sink: Sink) -> None:
        assert count(Response) == 1
        assert count(Reading) == self.written() > 0
        assert count(Clause) > 0
        assert doubled(Clause.reading_id, Clause.start, Clause.end) == []
        assert count(CustomerFact, CustomerFact.kind == "reason") > 0
        assert (
            doubled(CustomerFact.customer_id, CustomerFact.kind, CustomerFact.value, CustomerFact.source)
            == []
        )


def submit_one_sheet() -> None:
    with unit_of_work():
        response = responses.start_response(factories_surveys.invitation(), Door.LINK, clock.now())
        responses.save_page(response, factories_surveys.ANSWERS, clock.now())
        responses.submit_response(response, clock.now())


class OneRun:
    """A run over 250 answers, in two batches; six of them say what no reason covers."""

    def prepare(self) -> None:
        with unit_of_work():
            reasons.seed_codebook(clock.now())
            survey = factories_reasons.survey()
            db.session.add(survey)
            db.session.flush()
            now = clock.now() - timedelta(days=1)
            for text in (*UNNAMED, *["送料が上がって高い。"] * 244):
                db.session.add(factories_reasons.sheet(survey, reason=text, saved_at=now, submitted_at=now))
            reasons.start_run(survey, None, clock.now())

    def is_done(self) -> bool:
        return count(AnalysisRun, AnalysisRun.themed_at.is_not(None)) == 1

    def check(self, point: str, sink: Sink) -> None:
        run = db.session.scalars(sa.select(AnalysisRun)).one()
        assert (run.state, run.total_count, run.done_count) == (RunState.DONE, 250, 250)
        assert count(Reading) == 250
        assert doubled(Clause.reading_id, Clause.start, Clause.end) == []
        [theme] = db.session.scalars(sa.select(Theme))
        assert "茶畑" in theme.name
        assert 0 < count(ThemeMember) <= len(UNNAMED)


class Applying:
    """A run has read 250 answers again that stand as something else; all that it found is to be applied."""

    def prepare(self) -> None:
        now = clock.now() - timedelta(days=1)
        with unit_of_work():
            reasons.seed_codebook(clock.now())
            survey = factories_reasons.survey()
            db.session.add(survey)
            db.session.flush()
            for _number in range(250):
                db.session.add(
                    factories_reasons.sheet(
                        survey, reason="送料が上がって高い。", saved_at=now, submitted_at=now
                    )
                )
            db.session.flush()
            reasons.read_answers(list(db.session.scalars(sa.select(Answer.id))), None, now)
            other = sa.select(Reason.id).where(Reason.code == "quality").scalar_subquery()
            db.session.execute(sa.update(Reading).values(main_reason_id=other))
            run = reasons.start_run(survey, None, clock.now())
        jobs.run("run_analysis", run.id)
        with unit_of_work():
            member = factories.member()
            db.session.add(member)
            db.session.flush()
            reasons.apply_draft(db.session.get_one(AnalysisRun, run.id), member, clock.now())

    def is_done(self) -> bool:
        return count(AnalysisRun, AnalysisRun.draft == DraftState.APPLIED) == 1

    def check(self, point: str, sink: Sink) -> None:
        run = db.session.scalars(sa.select(AnalysisRun)).one()
        assert (run.draft_count, run.settled_count) == (250, 250)
        assert count(Reading, Reading.run_id == run.id, Reading.main_reason.has(code="price")) == 250
        assert (
            count(ReadingDraft, ReadingDraft.fate == DraftFate.APPLIED, ReadingDraft.before.is_not(None))
            == 250
        )
        assert doubled(Clause.reading_id, Clause.start, Clause.end) == []


class Filling:
    """250 answers were read before there was a search; they are made findable."""

    def prepare(self) -> None:
        OneRun().prepare()
        jobs.drain()
        with unit_of_work():
            db.session.execute(sa.delete(SearchText))
            start_fill(clock.now())

    def is_done(self) -> bool:
        return count(SearchFill, SearchFill.finished_at.is_not(None)) == 1

    def check(self, point: str, sink: Sink) -> None:
        fill = db.session.scalars(sa.select(SearchFill)).one()
        assert (fill.done_count, fill.total_count) == (250, 250)
        assert count(SearchText) == 250
        assert voices(VoiceFilters(search="パネル 茶畑")).total == len(UNNAMED)


class Starting:
    """A campaign of 2,110 people starts; ten of them may be written to, one of those is held out."""

    def prepare(self) -> None:
        with unit_of_work():
            db.session.add_all(factories.customer(state=CustomerState.LAPSED) for _number in range(2100))
            for _number in range(10):
                factories_campaigns.lapsed()
            campaign = factories_campaigns.campaign(state=CampaignState.APPROVED, holdout_percent=10)
            campaigns.start_campaign(campaign, clock.now())

    def is_done(self) -> bool:
        return count(Campaign, Campaign.state == CampaignState.DONE) == 1

    def check(self, point: str, sink: Sink) -> None:
        assert (count(Invitation), count(Message), count(Skip)) == (10, 9, 2101)
        assert count(Invitation, Invitation.arm == Arm.HOLDOUT) == 1
        assert states() == {"accepted": 9}
        assert set(addressees(sink).values()) == {1}


class Sending:
    """A campaign of three mails is sent."""

    def prepare(self) -> None:
        with unit_of_work():
            for _number in range(3):
                factories_campaigns.lapsed()
            campaign = factories_campaigns.campaign(state=CampaignState.APPROVED)
            campaigns.start_campaign(campaign, clock.now())

    def is_done(self) -> bool:
        return count(Campaign, Campaign.state == CampaignState.DONE) == 1

    def check(self, point: str, sink: Sink) -> None:
        cut_off = point in ("sending.handing_over", "sending.given")
        assert states() == ({"accepted": 2, "unknown": 1} if cut_off else {"accepted": 3})
        assert set(addressees(sink).values()) == {1}, "nobody gets a mail twice"
        assert len(sink.received) == (2 if point == "sending.handing_over" else 3)


def states() -> dict[str, int]:
    return dict(Counter(state.value for state in db.session.scalars(sa.select(Message.state))))


def addressees(sink: Sink) -> Counter[str]:
    return Counter(envelope.rcpt_tos[0] for envelope in sink.received)


class OwnAnswers:
    """Somebody asked for a copy of the answers; the link is to be mailed."""

    def prepare(self) -> None:
        with unit_of_work():
            ask_for_link(factories_surveys.response(), clock.now())

    def is_done(self) -> bool:
        return count(AnswerLink, AnswerLink.state.in_(("sent", "unknown"))) == 1

    def check(self, point: str, sink: Sink) -> None:
        cut_off = point in ("answers.handing_over", "answers.given")
        assert count(AnswerLink, AnswerLink.state == ("unknown" if cut_off else "sent")) == 1
        assert len(sink.received) == (0 if point == "answers.handing_over" else 1)


class Importing:
    """A file of 1,200 customers, three of them with a day that is none."""

    def prepare(self) -> None:
        rows = [
            [f"K{number:04d}", f"山本 {number}", f"k{number}@okyaku.example", day, "○"]
            for number in range(1200)
            for day in ["2026/2/30" if number in (7, 600, 1199) else "2024/5/1"]
        ]
        factories_customers.received(factories_customers.csv_file(*rows))

    def is_done(self) -> bool:
        return count(ImportBatch, ImportBatch.state == ImportState.DONE) == 1

    def check(self, point: str, sink: Sink) -> None:
        batch = db.session.scalars(sa.select(ImportBatch)).one()
        assert (batch.done_count, batch.new_count, batch.rejected_count) == (1200, 1197, 3)
        assert count(Customer) == 1197
        assert doubled(TimelineEntry.customer_id, TimelineEntry.kind) == []
        rejected = rejected_path_of(batch).read_bytes()[: batch.rejected_size].decode("utf-8-sig")
        assert len(rejected.splitlines()) == 4, "the heading and three rows"


class Undoing:
    """An import of 600 customers, brought to its end, is to be taken back."""

    def prepare(self) -> None:
        rows = [[f"K{number:04d}", "", f"k{number}@okyaku.example", "", "○"] for number in range(600)]
        batch = factories_customers.imported(factories_customers.csv_file(*rows))
        with unit_of_work():
            ask_undo(batch, None, clock.now())

    def is_done(self) -> bool:
        return count(ImportBatch, ImportBatch.undone_at.is_not(None)) == 1

    def check(self, point: str, sink: Sink) -> None:
        assert (count(Customer), count(Consent), count(TimelineEntry)) == (0, 0, 0)


class Following:
    """The lapse rule was applied yesterday; three customers have fallen silent since."""

    def prepare(self) -> None:
        today = clock.today()
        with unit_of_work():
            for _number in range(3):
                silent = factories_campaigns.lapsed(
                    state=CustomerState.ACTIVE,
                    last_bought_on=today - timedelta(days=400),
                    first_bought_on=today - timedelta(days=500),
                    purchase_count=2,
                )
                assert silent.state is CustomerState.ACTIVE
            rule = customers.save_lapse_rule("mail_order", 8, 1, 0, True, None, today, clock.now())
            db.session.flush()
            db.session.execute(sa.update(Customer).values(state=CustomerState.ACTIVE))
            db.session.execute(sa.delete(TimelineEntry))
            rule.applied_on = today - timedelta(days=1)
            jobs.ring("follow_purchases")

    def is_done(self) -> bool:
        return count(LapseRule, LapseRule.applied_on >= clock.today()) == 1

    def check(self, point: str, sink: Sink) -> None:
        assert count(Customer, Customer.state == CustomerState.DORMANT) == 3
        assert count(TimelineEntry, TimelineEntry.kind == "state_changed") == 3


SCENARIOS = {
    "commit": OneRun,
    "reading": OneSheet,
    "run": OneRun,
    "themes": OneRun,
    "filling": Filling,
    "applying": Applying,
    "starting": Starting,
    "sending": Sending,
    "answers": OwnAnswers,
    "import": Importing,
    "undoing": Undoing,
    "following": Following,
}
# Where the first time would not be in the middle of things.
TIMES = {"import.taking": 2, "import.taken": 2, "telling.piece": 2, "telling.telling": 2}
