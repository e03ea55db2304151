"""The only door to analysis/: words of answers in, what they say out, in the vocabulary of this feature.

The reader is made at first use and kept per process. What people taught it is kept in a folder, so that every
process reads alike: `teach` writes there, `engine_in` takes what was taught last, or the shipped model.
"""

import hashlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.codebook import NONE, CodebookEntry, codebook
from app import clock
from app.reasons import lexicon
from app.reasons.lexicon import OwnDictionary
from app.reasons.models import ClauseRole, Polarity

if TYPE_CHECKING:
    from analysis.pipeline import Reader
    from analysis.tokenizer import Tokenizer

__all__ = ["NONE", "CodebookEntry", "codebook"]

# One tagger serves a process, and MeCab's tagger serves one thread at a time.
ALONE = threading.RLock()
# Searching has a tagger of its own, so that nobody who searches waits for the reading.
_SEARCHING = threading.Lock()
ASIDE, WRITING_SECONDS = "aside-", 3600
MOST_WEIGHED = 500  # answers whose words' weights are remembered, with the reader that weighed them


@dataclass(frozen=True)
class Words:
    """The words of one answer; `asked` is what the question asks: reason, improve, current, nps or other."""

    answer_id: int
    text: str
    asked: str = "reason"


@dataclass(frozen=True)
class OpenWords(Words):
    """Words nobody has settled yet; `explained`: P(stated) of the main reason as it was read, 0 where no reason covers them."""

    explained: float = 0.0


@dataclass(frozen=True)
class Lesson(Words):
    """Words a person decided on: `codes` main first, ("none",) for no reason, () for one without a name yet."""

    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class OwnCode:
    """A reason the team added to the codebook."""

    code: str
    label: str
    definition: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundClause:
    """Characters [start, end) of the text; `because`: the words that decided, weightiest first."""

    start: int
    end: int
    role: ClauseRole
    codes: tuple[str, ...]
    because: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """What one answer says. `reasons`: (code, probability), main first; none alone; empty where unexplained."""

    answer_id: int
    reasons: tuple[tuple[str, float], ...]
    confidence: float
    polarity: Polarity
    unexplained: bool
    masked: tuple[tuple[int, int, str], ...]
    clauses: tuple[FoundClause, ...]
    rivals: tuple[tuple[int, int], ...] = ()  # where competitors are named


@dataclass(frozen=True)
class FoundTheme:
    """Answers that say the same thing; `theme_id` is that of a known theme it continues, or None.

    quotes: the most typical members; borderline: those that just belong; nearest: (code of the reason most like it,
    how like).
    """

    theme_id: int | None
    name: str
    members: tuple[int, ...]
    quotes: tuple[int, ...]
    centroid: tuple[float, ...]
    borderline: tuple[int, ...] = ()
    nearest: tuple[str, float] | None = None


@dataclass(frozen=True)
class Engine:
    """A reader of answers, and the organisation's dictionary it reads with as long as it lives."""

    reader: "Reader"
    dictionary: OwnDictionary = field(default_factory=lexicon.in_use)
    _weighed: dict[tuple[str, str, str, tuple[str, ...]], list[tuple[str, float]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def fingerprint(self) -> dict[str, Any]:
        """What this reader is made of: enough to tell two runs apart, or to repeat one."""
        own = {"number": self.dictionary.number, "hash": self.dictionary.hash}
        return {**self.reader.fingerprint, "own_dictionary": own}

    def warm(self) -> None:
        """Load what the first reading would load."""
        with ALONE:
            _speak(self.dictionary)
            self.reader.warm()

    def read(self, words: Sequence[Words]) -> list[Found]:
        """One finding for each answer, in the same order; equal words are read once."""
        from analysis.types import Text

        texts = [Text(str(one.answer_id), one.text, one.asked) for one in words]
        with ALONE:
            _speak(self.dictionary)
            readings = self.reader.read(texts)
        return [_found(one.answer_id, reading) for one, reading in zip(words, readings, strict=True)]

    def weigh(self, text: str, asked: str, code: str, words: Iterable[str]) -> list[tuple[str, float]]:
        """How much each word spoke for a reason: what its probability loses without the word, 1 = the most.

        Words that are not written so in the text, or without which nothing is lost, are left out.
        """
        found = tuple(dict.fromkeys(word for word in words if word in text))
        key = (text, asked, code, found)
        if key not in self._weighed:
            if len(self._weighed) >= MOST_WEIGHED:
                self._weighed.clear()
            self._weighed[key] = self._weigh(*key)
        return self._weighed[key]

    def _weigh(self, text: str, asked: str, code: str, words: tuple[str, ...]) -> list[tuple[str, float]]:
        from analysis.types import Text

        tried = [text, *(text.replace(word, "〇" * len(word)) for word in words)]
        with ALONE:
            _speak(self.dictionary)
            readings = self.reader.read([Text(str(place), one, asked) for place, one in enumerate(tried)])
        whole, *without = (reading.probabilities.get(code, 0.0) for reading in readings)
        losses = [(word, whole - rest) for word, rest in zip(words, without, strict=True) if whole > rest]
        most = max((loss for _, loss in losses), default=1.0)
        return sorted(((word, loss / most) for word, loss in losses), key=lambda pair: -pair[1])


def _speak(dictionary: OwnDictionary) -> None:
    """Let analysis read with this dictionary; only while nobody else reads."""
    from analysis.tokenizer import use_dictionary

    use_dictionary(dictionary)


def _found(answer_id: int, reading: Any) -> Found:
    clauses = (
        FoundClause(one.start, one.end, ClauseRole(one.role.value), one.codes, one.because)
        for one in reading.clauses
    )
    return Found(
        answer_id,
        tuple((guess.code, guess.probability) for guess in reading.reasons),
        reading.confidence,
        Polarity(reading.polarity),
        reading.unexplained,
        tuple((span.start, span.end, span.kind) for span in reading.masked),
        tuple(clauses),
        tuple((span.start, span.end) for span in reading.rivals),
    )


def spelled(text: str) -> str:
    """A text in the one spelling that is read: full-width and half-width, capitals and small letters alike."""
    from analysis.normalize import normalize

    return normalize(text).text.casefold()


def lemmas_of(text: str) -> list[str]:
    """The dictionary forms of the words that carry meaning, in order."""
    with _SEARCHING:
        return [word.lemma for word in _tokenizer(lexicon.in_use())(text) if word.is_content]


@lru_cache(maxsize=1)
def _tokenizer(dictionary: OwnDictionary) -> "Tokenizer":
    from analysis.tokenizer import Tokenizer

    return Tokenizer(dictionary)


def shipped() -> Engine:
    """The reader that came with the product, with the dictionary in use."""
    return _speaking(_shipped(), lexicon.in_use())


def speaking(engine: Engine, dictionary: OwnDictionary) -> Engine:
    """The same reader with another dictionary."""
    return _speaking(engine.reader, dictionary)


@lru_cache(maxsize=4)
def _speaking(reader: "Reader", dictionary: OwnDictionary) -> Engine:
    return Engine(reader, dictionary)


@lru_cache(maxsize=1)
def _shipped() -> "Reader":
    from analysis.pipeline import Reader

    with ALONE:
        return Reader()


def engine_in(folder: Path) -> Engine:
    """The reader taught last in this folder on top of the shipped model; the shipped one where there is none."""
    for _try in range(2):
        try:
            taught = sorted(folder.glob(f"{_base()}-*"), key=lambda path: path.stat().st_mtime_ns)
            return _speaking(_kept(taught[-1]), lexicon.in_use()) if taught else shipped()
        except FileNotFoundError:  # another process has just put a newer one in its place
            continue
    return shipped()


def teach(folder: Path, lessons: Sequence[Lesson], own: Sequence[OwnCode]) -> Engine:
    """A reader that has learnt people's decisions, kept in the folder; the same lessons are learnt once."""
    own_words = (lexicon.in_use().hash,) if lexicon.in_use().hash else ()  # the same lessons, cut otherwise
    content = hashlib.sha256(repr((tuple(lessons), tuple(own), *own_words)).encode()).hexdigest()[:16]
    home = folder / f"{_base()}-{content}"
    if not home.exists():
        _learn(home, lessons, own)
    for other in folder.iterdir():
        if other != home and not _is_being_written(other):
            shutil.rmtree(other, ignore_errors=True)
    return _speaking(_kept(home), lexicon.in_use())


class Course:
    """Lessons taken apart once, for readers that are kept nowhere and learn all of them, or only some: to try such a
    reader on others that it has not seen."""

    def __init__(self, lessons: Sequence[Lesson], own: Sequence[OwnCode]) -> None:
        from analysis.types import CodeDefinition, CodedText

        coded = [CodedText(str(one.answer_id), one.text, one.asked, one.codes) for one in lessons]
        definitions = [CodeDefinition(one.code, one.label, one.definition, one.examples) for one in own]
        self._shipped = shipped()
        with ALONE:
            _speak(self._shipped.dictionary)
            self._course = self._shipped.reader.course(coded, definitions)

    def taught(self, keeps: Callable[[str], bool] = lambda text: True) -> Engine:
        """A reader that has learnt the lessons whose words `keeps` holds for, and the team's own reasons."""
        from analysis.pipeline import Reader

        with ALONE:
            _speak(self._shipped.dictionary)
            model = self._course.learnt(lambda decision: keeps(decision.text))
            return Engine(Reader(model), self._shipped.dictionary)


def _is_being_written(path: Path) -> bool:
    """Is it the work of another process that has not been moved into place yet?"""
    try:
        age = clock.now().timestamp() - path.stat().st_mtime
    except FileNotFoundError:
        return False
    return path.name.startswith(ASIDE) and age < WRITING_SECONDS


def _base() -> str:
    """What a taught reader stands on: another model, encoder or dictionary needs another one."""
    made = shipped().fingerprint
    parts = repr([made[name] for name in ("model", "encoder", "dictionary", "wording")])
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def _learn(home: Path, lessons: Sequence[Lesson], own: Sequence[OwnCode]) -> None:
    """Written aside and moved into place, so that a reader found there is whole."""
    model = Course(lessons, own).taught().reader.model
    home.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=ASIDE, dir=home.parent))
    model.save(aside / "model.npz", aside / "model.json")
    try:
        aside.rename(home)
    except OSError:  # another process learnt the same meanwhile
        shutil.rmtree(aside)


@lru_cache(maxsize=1)
def _kept(home: Path) -> "Reader":
    from analysis.model import Model
    from analysis.pipeline import Reader

    with ALONE:
        return Reader(Model.load(home / "model.npz", home / "model.json"))


def find_themes(
    words: Sequence[OpenWords], known: Sequence[FoundTheme], seed: int, inside: bool = False
) -> list[FoundTheme]:
    """Themes that no reason explains well, largest first; those that continue a known one carry its id.

    `inside`: all words are of one reason, and narrower themes among them are looked for, explained or not.
    """
    from analysis import clusterer
    from analysis.novelty import is_unsaid
    from analysis.types import Text, Theme

    texts = [Text(str(one.answer_id), one.text, one.asked) for one in words]
    earlier = [
        Theme(
            str(one.theme_id),
            one.name,
            len(one.members),
            tuple(map(str, one.members)),
            tuple(map(str, one.quotes)),
            one.centroid,
        )
        for one in known
    ]
    numbers = {theme.id for theme in earlier}
    explained = {str(one.answer_id): one.explained for one in words}
    with ALONE:
        _speak(lexicon.in_use())
        if inside:
            themes = clusterer.find_themes(texts, seed, earlier, distance=clusterer.NARROW)
        else:
            found = clusterer.find_themes(texts, seed, earlier, explained)
            themes = [one for one in found if is_unsaid([explained[member] for member in one.members])]
    return [
        FoundTheme(
            int(theme.id) if theme.id in numbers else None,
            theme.name,
            tuple(map(int, theme.members)),
            tuple(map(int, theme.quotes)),
            theme.centroid,
            tuple(map(int, theme.borderline)),
        )
        for theme in themes
    ]
