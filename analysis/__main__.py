"""The doors for scripts: python -m analysis reasons | themes | tokens | priority | build | eval."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from analysis.codebook import NONE
from analysis.types import ClauseReading, CodeDefinition, CodedText, Reading, Text

if TYPE_CHECKING:
    from analysis.pipeline import Reader

CHUNK = 512


class BadInput(Exception):
    """What is wrong with a file, in one line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one door; 0, or 2 after one line on standard error."""
    chosen = _parser().parse_args(arguments)
    try:
        chosen.door(chosen)
    except (BadInput, OSError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2
    return 0


def reasons(chosen: argparse.Namespace) -> None:
    """IN.jsonl → one reading per row."""
    from analysis.pipeline import Reader

    texts = read_texts(chosen.source)
    reader = Reader()
    if chosen.train or chosen.codes:
        coded = read_coded(chosen.train) if chosen.train else []
        reader = reader.learn(coded, read_definitions(chosen.codes) if chosen.codes else [])
    write_rows(chosen.target, (_reading_row(reading) for reading in _read_all(reader, texts)))


def themes(chosen: argparse.Namespace) -> None:
    """IN.jsonl → the theme of each row, and the themes themselves beside it."""
    from analysis.clusterer import find_themes
    from analysis.novelty import explained
    from analysis.pipeline import Reader

    texts = read_texts(chosen.source)
    numbered = [Text(str(place), text.text, text.question) for place, text in enumerate(texts)]
    known = None
    if not chosen.all:
        known = {reading.id: explained(reading) for reading in _read_all(Reader(), numbered)}
    found = find_themes(numbered, seed=chosen.seed, explained=known)
    home = {int(member): theme.id for theme in found for member in theme.members}
    rows = ({"id": text.id, "theme": home.get(place)} for place, text in enumerate(texts))
    write_rows(chosen.target, rows)
    listed = [
        {
            "theme": theme.id,
            "name": theme.name,
            "size": theme.size,
            "quotes": [texts[int(quote)].id for quote in theme.quotes],
            "borderline": [texts[int(quote)].id for quote in theme.borderline],
        }
        for theme in found
    ]
    Path(f"{chosen.target}.themes.json").write_text(
        json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8"
    )


def tokens(chosen: argparse.Namespace) -> None:
    """IN.jsonl → words with lemma and part of speech."""
    from analysis.normalize import normalize
    from analysis.tokenizer import shared_tokenizer

    tokenizer = shared_tokenizer()
    rows = (
        {
            "id": text.id,
            "tokens": [
                {"surface": token.surface, "lemma": token.lemma, "pos": token.pos}
                for token in tokenizer(normalize(text.text).text)
                if token.pos != "空白"
            ],
        }
        for text in read_texts(chosen.source)
    )
    write_rows(chosen.target, rows)


def priority(chosen: argparse.Namespace) -> None:
    """IN.json → ranked reasons."""
    from analysis.priority import run_door

    try:
        run_door(chosen.source, chosen.target)
    except ValueError as error:
        raise BadInput(error) from None


def build(chosen: argparse.Namespace) -> None:
    """Compile the dictionary, learn from the corpus, write resources/model.* and background.npz."""
    from analysis.corpus import read_corpus, read_phrases
    from analysis.dictionary import compile_dictionary
    from analysis.embedding import build_background
    from analysis.encoder import shared_encoder
    from analysis.training import build_model

    compile_dictionary()
    rows = read_corpus()
    if not rows:
        raise BadInput("no rows in analysis/resources/corpus/w*.jsonl")
    print(f"learning from {len(rows)} answers", file=sys.stderr)
    encoder = shared_encoder()
    build_model(rows, chosen.seed, read_phrases(), encoder).save()
    if encoder is not None:
        build_background(encoder, rows, read_corpus("u")).save()


def evaluate(chosen: argparse.Namespace) -> None:
    """Figures on the writers who never teach, as JSON on standard output."""
    from analysis.codebook import codes
    from analysis.corpus import read_corpus
    from analysis.evaluation import measure
    from analysis.pipeline import Reader

    rows = read_corpus("t")
    if not rows:
        raise BadInput("no rows in analysis/resources/corpus/t*.jsonl")
    print(json.dumps(measure(rows, Reader().read(rows), codes()), ensure_ascii=False, indent=1))


def read_texts(path: str) -> list[Text]:
    """Rows {"id", "text", "question"?}; other fields are ignored."""
    return [
        Text(row["id"], row["text"], row.get("question") or "reason") for row in _rows(path, ("id", "text"))
    ]


def read_coded(path: str) -> list[CodedText]:
    """Rows {"id", "text", "question"?, "labels"}."""
    rows = _rows(path, ("text", "labels"))
    return [
        CodedText(
            str(row.get("id", place)),
            row["text"],
            row.get("question") or "reason",
            tuple(dict.fromkeys(row["labels"])),
        )
        for place, row in enumerate(rows)
    ]


def read_definitions(path: str) -> list[CodeDefinition]:
    """[{code, name, definition, examples}]."""
    try:
        listed = json.loads(Path(path).read_text(encoding="utf-8"))
        return [
            CodeDefinition(
                str(row["code"]),
                str(row["name"]),
                str(row.get("definition") or ""),
                tuple(map(str, row.get("examples") or ())),
            )
            for row in listed
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path}: not a list of {{code, name, definition, examples}} ({error})") from error


def write_rows(path: str, rows: Iterator[dict[str, Any]]) -> None:
    """One JSON object per line; half a surrogate pair, which UTF-8 has no bytes for, as JSON's own escape."""
    with Path(path).open("w", encoding="utf-8", errors="backslashreplace") as target:
        for row in rows:
            target.write(json.dumps(row, ensure_ascii=False) + "\n")


def _rows(path: str, fields: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    with Path(path).open(encoding="utf-8-sig") as source:
        for number, line in enumerate(_lines(source, path), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise BadInput(f"{path}:{number}: not JSON ({error})") from error
            if not isinstance(row, dict) or any(field not in row for field in fields):
                raise BadInput(f"{path}:{number}: needs {', '.join(fields)}")
            if fault := _fault(row):
                raise BadInput(f"{path}:{number}: {fault}")
            rows.append(row)
    return rows


def _fault(row: dict[str, Any]) -> str | None:
    """What is wrong with the values of a row."""
    if not isinstance(row["text"], str) or not isinstance(row.get("question") or "", str):
        return "text and question must be strings"
    labels = row.get("labels", [])
    if not isinstance(labels, list) or not all(isinstance(one, str) and one.strip() for one in labels):
        return "labels must be a list of words"
    return "none stands alone" if NONE in labels and set(labels) != {NONE} else None


def _lines(source: TextIO, path: str) -> Iterator[str]:
    try:
        yield from source
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: not UTF-8 ({error.reason} at byte {error.start})") from error


def _read_all(reader: "Reader", texts: Sequence[Text]) -> list[Reading]:
    readings = []
    for start in range(0, len(texts), CHUNK):
        readings += reader.read(texts[start : start + CHUNK])
        if len(texts) > CHUNK:
            print(f"\r{len(readings)}/{len(texts)}", end="", file=sys.stderr)
    if len(texts) > CHUNK:
        print(file=sys.stderr)
    return readings


def _reading_row(reading: Reading) -> dict[str, Any]:
    row = {
        "id": reading.id,
        "reasons": [
            {"code": guess.code, "probability": round(guess.probability, 4)} for guess in reading.reasons
        ],
        "probabilities": {code: round(value, 4) for code, value in reading.probabilities.items()},
        "confidence": round(reading.confidence, 4),
        "polarity": reading.polarity,
        "clauses": [_clause_row(clause) for clause in reading.clauses],
    }
    return row | {"unexplained": True} if reading.unexplained else row


def _clause_row(clause: ClauseReading) -> dict[str, Any]:
    return {
        "start": clause.start,
        "end": clause.end,
        "text": clause.text,
        "role": clause.role,
        "codes": list(clause.codes),
        "because": list(clause.because),
    }


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as the doors promise."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m analysis", description=__doc__)
    doors = parser.add_subparsers(required=True)
    for name, door in (("reasons", reasons), ("themes", themes), ("tokens", tokens), ("priority", priority)):
        command = doors.add_parser(name, help=door.__doc__)
        command.add_argument("source")
        command.add_argument("target")
        command.set_defaults(door=door, seed=0)
        if name == "reasons":
            command.add_argument("--train", help="rows with labels: people's decisions")
            command.add_argument("--codes", help="a team's own codes")
        if name == "themes":
            command.add_argument("--all", action="store_true", help="also what known reasons explain")
    making = doors.add_parser("build", help=build.__doc__)
    making.add_argument("--seed", type=int, default=0)
    making.set_defaults(door=build)
    doors.add_parser("eval", help=evaluate.__doc__).set_defaults(door=evaluate)
    return parser


if __name__ == "__main__":
    sys.exit(main())
