"""Our words that unidic-lite splits (コスパ → コ + スパ): a user dictionary, shipped compiled.

resources/words.csv holds `surface,pos1,pos2,pos3,pos4`; `compile_dictionary` turns it into resources/words.dic with
the tool that fugashi brings (no compiler). Reading only ever opens the compiled file, so a read-only install works.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

RESOURCES = Path(__file__).parent / "resources"
SOURCE = RESOURCES / "words.csv"
COMPILED = RESOURCES / "words.dic"
COST = -4000  # below any split of the same characters
_SOUND = {
    "副詞": "和"
}  # word class → kind of word in UniDic's connection table; everything else as loan words


def compiled_dictionary() -> Path:
    """Path of the compiled dictionary; FileNotFoundError with the command that makes it."""
    if not COMPILED.exists():
        raise FileNotFoundError(f"{COMPILED.name} is missing: run python -m analysis build")
    return COMPILED


def dictionary_hash() -> str:
    """Hash of the word list that the compiled dictionary was made from."""
    return hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]


@lru_cache(maxsize=1)
def wording_hash() -> str:
    """Hash of everything written by hand that a reading rests on: roles, lists, phrases."""
    names = ("roles.json", "lists.json", "phrases.json")
    return hashlib.sha256(b"".join((RESOURCES / name).read_bytes() for name in names)).hexdigest()[:16]


@lru_cache
def word_list(name: str) -> frozenset[str]:
    """The words of one list in resources/lists.json; KeyError for an unknown name."""
    return frozenset(json.loads((RESOURCES / "lists.json").read_text(encoding="utf-8"))[name].split())


def own_words() -> list[tuple[str, str]]:
    """(surface, `pos1,pos2,pos3,pos4`) of every word in the list."""
    lines = SOURCE.read_text(encoding="utf-8").split()
    return [(surface, pos) for surface, pos in (line.split(",", 1) for line in lines)]


class Line(NamedTuple):
    """A word on its way into a dictionary; `pos` is `pos1,pos2,pos3,pos4`, `lemma` the surface where it is empty."""

    surface: str
    pos: str
    lemma: str = ""
    cost: int = COST


def compile_dictionary(target: Path = COMPILED) -> None:
    """Compile the word list; CalledProcessError with the tool's words if it refuses."""
    compile_lines([Line(surface, pos) for surface, pos in own_words()], target)


def compile_lines(words: Iterable[Line], target: Path) -> None:
    """Compile words into a dictionary file; CalledProcessError as above, KeyError for a word class UniDic lacks.

    No surface or lemma may hold a comma, a quote or white space: they are cells of the tool's table.
    """
    import unidic_lite

    home = Path(unidic_lite.DICDIR)
    left, right = _connections(home / "left-id.def"), _connections(home / "right-id.def")
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "words.csv"
        lines = []
        for surface, pos, lemma, cost in words:
            key = f"{pos},*,*,*,*,{_SOUND.get(pos.split(',')[0], '外')}"
            key = key if key in left else f"{pos},*,*,*,*,固"
            written = f"{pos},*,*,*,{lemma or surface},{surface}"
            lines.append(f"{surface},{left[key]},{right[key]},{cost},{written}\n")
        rows.write_text("".join(lines), encoding="utf-8")
        command = [sys.executable, "-c", "from fugashi.cli import build_dict; build_dict()"]
        command += ["-d", str(home), "-u", str(Path(folder) / "words.dic"), str(rows)]
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - a table of words, no shell
        target.write_bytes((Path(folder) / "words.dic").read_bytes())


def _connections(table: Path) -> dict[str, int]:
    """Word class → id of MeCab's connection matrix."""
    pairs = (line.split(" ", 1) for line in table.read_text(encoding="utf-8").splitlines())
    return {name: int(number) for number, name in pairs}
