"""The presets' words where a survey is answered without names: nobody can be answered, and five are read together."""

FIELDS = ("thanks", "purpose")
# With names, and without. The longer ones first, so that none is taken for a part of another.
_SAID = (
    (
        "担当の者が一週間のうちに読み、返事をご希望の方にはご連絡します。",
        "お答えが5件そろうごとに担当の者がまとめて読み、はじめのご案内に生かします。",
    ),
    ("担当の者が一週間のうちに読み、", "お答えが5件そろうごとに担当の者がまとめて読み、"),
    ("を見直すため、そしてご希望の方へご連絡するためだけに使います。", "を見直すためだけに使います。"),
    ("会社名とお名前は集計に使いません。", "どの会社の、どなたのお答えかは残しません。"),
    ("お名前は集計に使いません。", "どなたのお答えかは残しません。"),
)


def fitted(text: str, anonymous: bool) -> str:
    """This text as it is said without names, or with; what people wrote themselves stays."""
    for named, unnamed in _SAID:
        text = text.replace(named, unnamed) if anonymous else text.replace(unnamed, named)
    return text
