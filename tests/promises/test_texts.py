"""Every normaliser is linear: twice the text takes about twice the time, whatever the text."""

import time

import pytest

from analysis.masking import find_personal
from analysis.normalize import normalize
from app.accounts.limits import network_of
from app.campaigns.codes import check_code
from app.campaigns.wording import fill, one_line
from app.customers import addresses, cells, tables
from forms.respondent import LONGEST_ANSWER, _half_width, _plain_lines

SHORT, STEPS, MOST = 4_000, 3, 3.0
LEAST_SECONDS = 0.002  # below that, nobody waits
PATTERNS = (
    "ー", "　", " ", "a", "あ", "\u0301", "a\u0301", "か\u3099", "ﷺ", "ﾞ", "ｶﾞ", "　ー", " \n", "\r\n", "\t", "0", "０", "0-", "1,", "(", "（",
    "@", "a@", "a.", "-", "−", "&#", "&amp;", "<", "{{", "{{name}}", "%(", "👨‍👩‍👧‍👦", "\U0001d165\U0001d16e", "\u0f71\u0f72\u0f74", "市", "丁目", "様", "090-", "〒",
    "令和", "年", "=", "'", '"', "\u1100\u1161", "\ufeff", "送料が高い。",
)  # fmt: skip


def quietly(function):
    """A refusal is an answer too."""

    def call(text):
        try:
            function(text)
        except (ValueError, cells.BadCell):
            return

    return call


NORMALISERS = {
    "analysis.normalize": normalize,
    "analysis.masking": find_personal,
    "addresses.plain": addresses.plain,
    "addresses.normal_mail": addresses.normal_mail,
    "addresses.is_mail": addresses.is_mail,
    "addresses.normal_phone": addresses.normal_phone,
    "cells.key": cells.key,
    "cells.day": cells.day,
    "cells.yen": cells.yen,
    "cells.yes_or_no": cells.yes_or_no,
    "cells.mail": cells.mail,
    "cells.phone": cells.phone,
    "cells.postal_code": cells.postal_code,
    "tables.disarm": tables.disarm,
    "codes.check_code": check_code,
    "wording.fill": lambda text: fill(text, {"name": "山本"}),
    "wording.one_line": one_line,
    "limits.network_of": network_of,
    "forms: a number": _half_width,
    "forms: an answer": _plain_lines,
}


def seconds(function, text):
    """The least of a few tries: what disturbs only adds."""
    least = float("inf")
    for _try in range(5):
        began = time.process_time()
        function(text)
        least = min(least, time.process_time() - began)
        if least < LEAST_SECONDS:
            break
    return least


@pytest.mark.promise("18", "normalisers are linear", small=False)
@pytest.mark.parametrize("name", NORMALISERS)
def test_twice_the_text_takes_about_twice_the_time(name, tried):
    function, worst = quietly(NORMALISERS[name]), 0.0
    for pattern in PATTERNS:
        for tail in ("", "x"):
            before = None
            for step in range(STEPS):
                text = (pattern * (SHORT * 2**step))[: SHORT * 2**step] + tail
                now = seconds(function, text)
                if before is not None and now > LEAST_SECONDS:
                    worst = max(worst, now / max(before, LEAST_SECONDS / 2))
                before = now
    assert worst < MOST
    assert LONGEST_ANSWER <= SHORT
    tried(f"{name} {worst:.1f}" if worst else f"{name} below 2 ms")
