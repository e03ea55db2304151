"""The words people read for the states and rules of campaigns."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.campaigns.guard import Example, RuleLine
from app.campaigns.hours import next_opening
from app.campaigns.models import CampaignState, Content, Message, MessageState, SkipRule
from app.clock import day_of
from app.filters import clock_time, short_day
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l

CAMPAIGN_STATES: dict[str, tuple[Any, str]] = {
    CampaignState.DRAFT: (_l("下書き"), ""),
    CampaignState.APPROVED: (_l("承認済み・まだ送っていません"), "accent"),
    CampaignState.SENDING: (_l("送信中"), "accent"),
    CampaignState.STOPPED: (_l("とちゅうで止めました"), "warn"),
    CampaignState.DONE: (_l("送り終わりました"), "ok"),
}
WAITING = (_l("承認待ち"), "warn")
CONTENTS: dict[str, Any] = {Content.ADVERT: _l("広告を含む"), Content.SURVEY_ONLY: _l("調査のみ")}
MESSAGE_STATES: dict[str, tuple[Any, str]] = {
    MessageState.QUEUED: (_l("順番を待っています"), ""),
    MessageState.CLAIMED: (_l("送るところです"), ""),
    MessageState.HANDING_OVER: (_l("送っています"), "accent"),
    MessageState.ACCEPTED: (_l("送りました"), "ok"),
    MessageState.DELIVERED: (_l("届きました"), "ok"),
    MessageState.BOUNCED: (_l("戻ってきました"), "bad"),
    MessageState.COMPLAINED: (_l("迷惑メールと通報されました"), "bad"),
    MessageState.SUPPRESSED: (_l("送る直前に見送りました"), "warn"),
    MessageState.FAILED: (_l("送れませんでした"), "bad"),
    MessageState.CANCELLED: (_l("とりやめました"), ""),
    MessageState.UNKNOWN: (_l("届いたか分かりません"), "warn"),
}


@dataclass(frozen=True)
class RuleWords:
    """A rule of the guard: what it is called, why it is there, when it lets the customer go."""

    title: Any
    why: Any
    until: Any


RULES: dict[str, RuleWords] = {
    SkipRule.NO_CONSENT: RuleWords(
        _l("連絡の同意がない"), _l("メールの同意の記録がないか、取り下げられている"), _l("同意が得られるまで")
    ),
    SkipRule.RECENTLY_ASKED: RuleWords(
        _l("前の連絡から30日たっていない"),
        _l("すべての配信・電話・はがきを通して数える。1年に4回まで"),
        _l("日がたつまで"),
    ),
    SkipRule.OPTED_OUT: RuleWords(
        _l("配信停止の申し出"), _l("お客さまご自身、または担当者による停止"), _l("送りません")
    ),
    SkipRule.BOUNCED: RuleWords(
        _l("メールが届かない"), _l("宛先がないと、相手のサーバーから返ってきた"), _l("アドレスが直るまで")
    ),
    SkipRule.COMPLAINED: RuleWords(
        _l("迷惑メールとしての通報"), _l("通報のあった宛先には、二度と送らない"), _l("送りません")
    ),
    SkipRule.NO_ADDRESS: RuleWords(
        _l("メールアドレスがない"), _l("未登録か、アドレスの形になっていない"), _l("アドレスが分かるまで")
    ),
    SkipRule.ALREADY_ANSWERED: RuleWords(
        _l("もう答えてくださった"), _l("この調査に、回答をいただいている"), _l("この調査では送りません")
    ),
    SkipRule.SURVEY_CLOSED: RuleWords(
        _l("調査が締め切られている"), _l("回答を受け付けていない調査は送らない"), _l("調査をまた開くまで")
    ),
    SkipRule.GONE: RuleWords(
        _l("お客さまの記録がない"), _l("消去のお申し出などで、記録が消されている"), _l("送りません")
    ),
    SkipRule.HOLDOUT: RuleWords(
        _l("控え（くじで選び、今回は送らない）"),
        _l("送った方とくらべて、効き目を確かめるため"),
        _l("この配信では送りません"),
    ),
}


def example_of(line: RuleLine) -> str:
    """The first of the customers a rule leaves in peace, without a name."""
    example: Example = line.examples[0]
    if example.campaign and example.since:
        return _("%(day)sに「%(name)s」", day=short_day(example.since), name=example.campaign)
    if example.since and line.rule is SkipRule.RECENTLY_ASKED:
        return _("%(day)sにご連絡", day=short_day(example.since))
    if example.since:
        return _("%(day)sから", day=short_day(example.since))
    return _("顧客番号 %(key)s", key=example.customer.key)


def free_from(line: RuleLine) -> str:
    """From when on a rule lets its customers go."""
    if line.free_from is None or line.free_until is None:
        return str(RULES[line.rule].until)
    first, last = short_day(line.free_from), short_day(line.free_until)
    return first if first == last else _("%(first)s〜%(last)s", first=first, last=last)


def opening_in_words(at: datetime) -> str:
    """When mail may go out again: 今日8:00, 明日8:00."""
    opens = next_opening(at)
    if day_of(opens) == day_of(at) + timedelta(days=1):
        return _("明日%(time)s", time=clock_time(opens))
    return _("今日%(time)s", time=clock_time(opens))


def problem_of(message: Message) -> str:
    """Why a message stands where it stands, in words: the rule that held it back, or what the server said."""
    if message.problem in set(SkipRule):
        return str(RULES[message.problem].title)
    known = {
        "interrupted": _("送る途中で、送信の仕事が止まりました。"),
        "no connection": _("メールサーバーにつながりませんでした。"),
    }
    return known.get(message.problem) or _("メールサーバーの答え：%(words)s", words=message.problem)
