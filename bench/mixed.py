"""Answers in any number for speed and memory: sentences of the writers who never teach, joined anew, so most are distinct.

What the reader was taught it reads with confidence, so taught answers would make the cascade look faster than it is.
"""

import json
import random
import re
from collections.abc import Iterator

from analysis.corpus import CORPUS
from analysis.types import Text

LENGTH = 45  # characters on average
QUESTIONS = ("reason", "reason", "reason", "improve", "current", "nps")


def held_out() -> list[Text]:
    """All answers of the writers who never teach, by id."""
    rows = [
        json.loads(line)
        for path in sorted(CORPUS.glob("t*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [Text(row["id"], row["text"], row["question"]) for row in rows]


def mixed(count: int, seed: int = 0) -> Iterator[Text]:
    """`count` answers of about LENGTH characters, made one by one."""
    chance = random.Random(seed)
    sentences = sorted(
        {part for text in held_out() for part in re.findall(r"[^。\n]+。?", text.text) if len(part) <= LENGTH}
    )
    for place in range(count):
        text = ""
        while len(text) < LENGTH - 12:
            sentence = chance.choice(sentences)
            text += sentence if sentence.endswith("。") else f"{sentence}。"
        yield Text(str(place), text, chance.choice(QUESTIONS))
