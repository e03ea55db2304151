"""Words that spoil an answer: two things asked at once, an answer put into the mouth, pressure.

Plain patterns, kept short: they would rather miss a bad sentence than blame a good one. What is tried is the title,
the help and the other wordings of each question (tests/app/surveys/test_check_wording.py holds the bank).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.i18n import lazy_gettext as _l
from app.surveys.compiled import CompiledQuestion
from app.surveys.finding import Finding, advice

_NOUN = r"[一-龯々ァ-ヶーA-Za-z0-9さえ方]"
_ALONE = r"(関係|違い|差|間|つながり|やりとり|やり取り|連携|バランス|相性|組み合わせ)"
_JUDGED = (
    r"(ご?満足|ご?不満|ご?評価|ご?納得|いかが|どう(でし|です|思|感じ|お)|どのように(思|感じ|お感)|"
    r"(良|よ)(かった|い)(です|と)|適切|十分|気に入)"
)
_QUALITY = r"(親切|丁寧|ていねい|早|速|簡単|かんたん|わかりやす|分かりやす|使いやす|安|明る|清潔|正確|便利|きれい|おいし)"
_ENDS = r"(ますか|ですか|ましたか|でしたか|ませんか)"

_TWO_AT_ONCE = (
    # 価格と品質に満足していますか
    rf"{_NOUN}(と|や|および|及び|、)(?!比|思|言|感|同|違|呼|知|も|一緒)[ごお]?{_NOUN}[^、。と]{{0,9}}?"
    rf"(に|は|を|について)[^。]{{0,8}}{_JUDGED}",
    # どこで知りましたか。また、なぜ選びましたか
    rf"{_ENDS}[、。？?　 ]*(また|そして|さらに|それから|加えて|あわせて)",
    rf"{_ENDS}[、。？?　 ]+(?!それとも|または|もしくは|あるいは)[^。？?]{{3,}}{_ENDS}",
    # 説明は丁寧で、わかりやすかったですか
    rf"{_QUALITY}[^、。]{{0,6}}(で|く|くて|し|て)、[^。]{{0,14}}{_QUALITY}[^、。]{{0,8}}か[。？?]?$",
    r"(理由|きっかけ|感想)(と|や|、)[^。]{0,10}(ご要望|改善|対策|希望)[^。]{0,8}(教え|聞かせ|お書き)",
)
_LEADING = (
    r"すばらし|素晴らし|最高の|充実した|手厚い|より(も)?(優|すぐ)れ|ご?好評|評判の|人気の|自慢の|こだわりの",
    r"もちろん|当然|言うまでもなく|ご存[じ知]の(とおり|通り)",
    r"(です|ます|でした|ました)よね",
    r"と(は)?思いませんか|ではないでしょうか|(べき|はず)(だと思いません|ではありません)か",
    r"(ほとんど|大半|多く|たくさん)の(お客さま|お客様|方|みなさま|皆さま|皆様)(が|に|から|も)",
    r"(みなさま|皆さま|皆様)に(選ば|愛さ|支持|親しま|喜ば)",
    r"ご?満足いただけた(こと)?と(思い|存じ)",
)
_PUSHY = (
    r"(ぜひ|是非|どうか)[^。]{0,12}(高い|高|よい|良い|満点|10|１０)[^。]{0,4}(点|評価)",
    r"(高い|よい|良い|点以上の?)(点数?|評価)?を(お|つけ|付け|いただ)|満点(を|で)|10点(を|で)お",
    r"必ず(お答え|ご?回答|ご?記入|ご?入力|お書き)|正直に",
    r"(お?答え|ご?回答)(ないと|いただけない|いただけません|がない|しない)",
    r"(なぜ|どうして)[^。]{0,30}(のですか|んですか|のでしょうか)",
    r"助けると思って|どうしても(教え|聞かせ|お答え)|応援すると思って",
)


@dataclass(frozen=True)
class Fault:
    """One kind of wording to mend, with the patterns it is known by."""

    patterns: tuple[str, ...]
    sentence: Any
    mend: Any

    def found_in(self, text: str) -> bool:
        """Does one of its patterns occur?"""
        return any(re.search(pattern, text) for pattern in self.patterns)


TWO_AT_ONCE = Fault(
    _TWO_AT_ONCE,
    _l("「%(text)s」は、二つのことを一度にたずねています。"),
    _l("どちらへの答えか分からなくなります。設問を二つに分けてください。"),
)
LEADING = Fault(
    _LEADING,
    _l("「%(text)s」は、答えを誘う言い方になっています。"),
    _l("ほめることばや「〜ですよね」を取り、どちらの答えもしやすい文にしてください。"),
)
PUSHY = Fault(
    _PUSHY,
    _l("「%(text)s」は、答えを強いる言い方になっています。"),
    _l("「よろしければ」とたずねる文にして、点数や回答を求めることばを取ってください。"),
)
FAULTS = (TWO_AT_ONCE, LEADING, PUSHY)


def findings(questions: Sequence[CompiledQuestion]) -> Iterator[Finding]:
    for question in questions:
        said = [question.title, question.help, *(prompt.title for prompt in question.prompts)]
        for text in dict.fromkeys(said):
            for fault in faults_of(text):
                yield advice(str(fault.sentence) % {"text": text}, str(fault.mend), question.code)


def faults_of(text: str) -> list[Fault]:
    """What is wrong with these words, if anything."""
    return [fault for fault in FAULTS if fault.found_in(text)]
