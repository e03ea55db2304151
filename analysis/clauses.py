"""Cut an answer into clauses and say what each one does: states, denies, concedes or praises.

Cuts: sentence ends, connective particles (が, けど, ものの, のに, ので, から, し), 連用形 and て before 、, and 、 in a
bare list of nouns. ない, にくい, すぎる and てほしい stay in their clause, so nothing changes its meaning by the cut.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from analysis.tokenizer import Token
from analysis.types import Role

_ENDS = frozenset("。!?\n．｡…")
_CONTRAST = ("が", "けど", "けれど", "けれども", "けども", "けんど", "ものの", "のに", "とはいえ", "かかわらず", "関わらず", "ばってん")
_CAUSE = ("ので", "から", "し", "さかい", "けん", "んで")
_TURNS = frozenset("しかし ただ でも だけど けど けれど けれども だが ですが ところが ただし が しかしながら せやけど".split())
_ADDS = frozenset("あと また それに そして さらに 更に 又 加えて 後は".split())

_ACCEPTED = re.compile(
    r"納得|構わな|かまわな|(構|かま)いま|気にな(らな|りま)|(仕方|しかた|しょうが)(が)?な|やむを得|やむなし|理解(でき|して|は)"
    r"|(わか|分か)(る|りま)(の|ん)?(です|だ)?(が|けど)|許せ|我慢でき|妥当|(問題|不満|文句|不足|申し分)(は|も|が|など)*(な|あり|ござ)"
    r"|悪く(は)?な|気にして(い)?な|(それ|そこ|これ)は(いい|良い|よい)"
)
_DENIED = re.compile(
    r"(理由|原因|せい|問題|ため|から|わけ|訳|の|ん)(で|じゃ)(は)?(な[いくか]|ありま|ねえ|ござ)|(値段|料金|価格|品質|味|対応|人)(じゃ|では)な[いく]"
)
_WIDE_DENIAL = re.compile(r"(わけ|訳|から|せい|の|ん)(で|じゃ)(は)?(な[いくか]|ありま)")
_GOOD = re.compile(
    r"(良|よ|い)(かった|い(です|。|!|$|と(思|感)|し|ところ|店|お店|人|場所|経験|思い出|商品|サービス|サイト))|良く(し|なっ)て|最高|素晴らし|すばらし"
    r"|素敵|すてき|満足|気に入|(大)?好き|美味し(い|か|く(て|い)|ゅう)|おいし(い|か|く(て|い))|うま(い|か)|旨い|楽し(い|か|く|め|み)|嬉し|うれし|ありがた|有難|有り難"
    r"|感謝|感動|ありがと|助か(り|っ)|便利(で|だ|です|な|。|$)|親切|丁寧|優し|やさし|きれい|綺麗|キレイ|清潔|快適|癒|安心|お得(で|だ|な|感)|安い(。|$|です|し|ので)"
    r"|豊富|充実|スムーズ|面白(い|か|く)|おもしろ|可愛|かわい|綺麗|神(対応|アプリ)|申し分な|非の打ち|文句(な|の付け|のつけ)|新鮮|絶景|景色が|懐かし|リーズナブル|重宝|愛用"
)
_BAD = re.compile(
    r"な(い|かっ|く(て|な))|ませ(ん|ず)|(ら|か|が|さ|た|ま|わ|で|れ|け|べ|め|え)ず(。|、|に|$)|にく(い|か|く)|づら(い|か|く)|すぎ|過ぎ|悪(い|か|く)|残念|高(い|か|く)|遅"
    r"|面倒|不便|不満|ひど|酷|まず(い|か)|少な|だめ|ダメ|いまいち|イマイチ|汚|臭|狭|難し|つまら|足り|がっかり|微妙|(より|方|ほう)(が|も)|他(の|社|店)|別の"
)
_WISH = re.compile(
    r"(て|で)(ほし|欲し|もらえ|いただけ|くれれ|くれた?ら|ください|下さい)|(れば|たら|ると|なら|ば|だと|であれば)~?(、)?(もっと|また|とても)?(いい|良|よ|うれし|嬉し|助か|有|あり|便利|最高|行|使|通|買|戻|検討|続)"
    r"|ほしい|欲しい|お願い|希望|(あれ|なれ|でき|出来|けれ)ば".replace("~", "[^。\n]{0,4}")
)


@dataclass(frozen=True, slots=True)
class Clause:
    """`text[start:end]` of the normalised text; `role` before any reason is known (never COUNTED)."""

    start: int
    end: int
    text: str
    role: Role
    link: str  # contrast, cause, none: how it leads on to the next clause
    wish: bool
    tone: str  # good, bad, both, none: words of praise or complaint, whatever they mean here


def split_clauses(text: str, tokens: Sequence[Token]) -> list[Clause]:
    """Clauses of normalised `text` in order; together they cover every word."""
    pieces = [piece for cut in pairwise(_cuts(text, tokens)) if (piece := _trim(text, *cut))]
    links = [_link(text[start:end], text[end : end + 12]) for start, end in pieces]
    roles = [_role(text[start:end], link) for (start, end), link in zip(pieces, links, strict=True)]
    for i in range(1, len(pieces)):
        before, here = pieces[i - 1], text[slice(*pieces[i])]
        same_sentence = not _ENDS & set(text[before[1] - 1 : pieces[i][0]])
        if roles[i] is Role.NEGATED and links[i - 1] == "cause" and same_sentence and _WIDE_DENIAL.search(here):
            roles[i - 1] = Role.NEGATED
    return [
        Clause(start, end, text[start:end], role, link, bool(_WISH.search(text[start:end])), _tone(text[start:end]))
        for (start, end), role, link in zip(pieces, roles, links, strict=True)
    ]


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _cuts(text: str, tokens: Sequence[Token]) -> list[int]:
    """Offsets at which clauses begin, and the end; a piece without a content word joins the next one."""
    listed = not any(token.pos in {"動詞", "形容詞", "助動詞", "形状詞"} for token in tokens)
    cuts, has_content = [0], False
    for i, token in enumerate(tokens):
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        if token.pos == "接続詞" and has_content and token.surface in _TURNS | _ADDS and cuts[-1] < token.start:
            cuts.append(token.start)
            has_content = False
        has_content = has_content or token.is_content
        if after is None or not has_content:
            continue
        ended = bool(_ENDS & set(token.surface)) and not _ENDS & set(after.surface)
        ended = ended or "\n" in text[token.end : after.start]
        if ended or (after.surface not in "、,," and _is_link(text, token)) or _is_comma_cut(token, tokens[i - 1], listed):
            cuts.append(token.end)
            has_content = False
    if not has_content and len(cuts) > 1:
        cuts.pop()
    return [*cuts, len(text)]


def _is_link(text: str, token: Token) -> bool:
    if token.pos == "助詞" and "接続助詞" in token.detail:
        return token.surface in _CONTRAST or token.surface in _CAUSE
    return text[: token.end].endswith(("ので", "のに", "ものの")) and token.surface in {"で", "に", "の", "ので", "のに", "ものの"}


def _is_comma_cut(token: Token, before: Token, listed: bool) -> bool:
    if token.surface not in {"、", ",", "・", "/"}:
        return False
    if listed:
        return True
    if token.surface in {"・", "/"}:
        return False
    linked = before.pos == "助詞" and "接続助詞" in before.detail
    inflected = before.pos in {"動詞", "形容詞", "助動詞", "接尾辞"} and before.form.startswith(("連用", "仮定", "終止"))
    return linked or inflected or before.surface in {"ので", "のに", "ものの", "けど"}


def _link(clause: str, following: str) -> str:
    ending = clause.rstrip("、, 。.!")
    if ending.endswith(_CONTRAST) or following.lstrip("、, \n。").startswith(tuple(_TURNS - {"が"})):
        return "contrast"
    return "cause" if ending.endswith(_CAUSE) else "none"


def _tone(clause: str) -> str:
    good, bad = bool(_GOOD.search(clause)), bool(_BAD.search(clause))
    return "both" if good and bad else "good" if good else "bad" if bad else "none"


def _role(clause: str, link: str) -> Role:
    if _DENIED.search(clause) and not _WISH.search(clause):
        return Role.NEGATED
    if _ACCEPTED.search(clause) and link == "contrast":
        return Role.CONCEDED
    if _GOOD.search(clause) and not _BAD.search(clause) and not _WISH.search(clause):
        return Role.PRAISE
    return Role.PLAIN
