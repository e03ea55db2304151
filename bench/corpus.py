"""Draw briefs for the corpus and check what was written.

    python -m bench.corpus draw SEED [--held-out]   one brief: business, voices, manners
    python -m bench.corpus check FILE...            format, substrings, labels, near duplicates
    python -m bench.corpus blind FILE               the texts alone, for a second reader
    python -m bench.corpus join FILE SECOND         put a second reader's labels beside the first
    python -m bench.corpus agree FILE...            how far the two readers agree, and who was right where they differ
    python -m bench.corpus differ FILE...           where they differ, for somebody who decides without knowing who is who
    python -m bench.corpus resolve DECIDED FILE...  write what was decided into the rows

Rows: {id, writer, brief, business, question, text, labels, polarity, clauses: [{text, codes}], second, resolved}.
"""

import json
import random
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from analysis.metrics import cohen_kappa

BRIEFS = Path(__file__).resolve().parents[2] / "shared" / "design" / "corpus-briefs.md"
CODES = {
    "price",
    "support",
    "quality",
    "features",
    "usability",
    "forgotten",
    "competitor",
    "lifestyle",
    "delivery",
    "trust",
    "none",
}
BLOCK = 500  # rows compared with all others at a time
QUESTIONS = {"reason", "improve", "current", "nps"}
POLARITIES = {"neg", "neu", "pos", "mixed"}


def read_briefs(path=BRIEFS):
    """Return {businesses, held_out, voices, manners} as lists of strings."""
    parts = {}
    for name, body in re.findall(r"\*\*(\w+)\.\*\* (.+)", path.read_text(encoding="utf-8")):
        parts[name.lower()] = [part.strip(" .。") for part in body.split("·")]
    businesses = parts["businesses"]
    parts["held_out"] = [name.replace("✂", "").strip() for name in businesses if "✂" in name]
    parts["businesses"] = [name for name in businesses if "✂" not in name]
    return parts


def draw(seed, held_out=False):
    """Return one brief drawn by `seed`: a business, six voices, six manners."""
    chance = random.Random(seed)
    briefs = read_briefs()
    pool = briefs["held_out"] if held_out else briefs["businesses"]
    return {
        "brief": f"seed-{seed}",
        "business": chance.choice(pool),
        "voices": chance.sample(briefs["voices"], 6),
        "manners": chance.sample(briefs["manners"], 6),
    }


def faults(row):
    """Yield what is wrong with one row, in words."""
    text = row["text"]
    if row["question"] not in QUESTIONS:
        yield f"question {row['question']}"
    if row["polarity"] not in POLARITIES:
        yield f"polarity {row['polarity']}"
    if set(row["labels"]) - CODES or ("none" in row["labels"] and len(row["labels"]) > 1):
        yield f"labels {row['labels']}"
    for clause in row["clauses"]:
        if clause["text"] not in text:
            yield f"clause not in text: {clause['text']}"
    coded = {code for clause in row["clauses"] for code in clause["codes"]}
    if coded != set(row["labels"]) - {"none"}:
        yield f"clauses say {sorted(coded)}, labels say {row['labels']}"
    if not 0 < len(text) <= 260:
        yield f"{len(text)} characters"


def trigrams(text):
    return {text[i : i + 3] for i in range(len(text) - 2)}


def near_duplicates(rows, limit=0.7, shortest=12):
    """Yield pairs of ids whose character 3-grams overlap by more than `limit` (Jaccard)."""
    long = [row for row in rows if len(row["text"]) > shortest]
    if not long:
        return
    table = CountVectorizer(analyzer=trigrams, dtype=np.float32).fit_transform(row["text"] for row in long)
    sizes = np.asarray(table.sum(axis=1)).ravel()
    for start in range(0, len(long), BLOCK):
        shared = (table[start : start + BLOCK] @ table.T).tocoo()
        one, other = shared.row + start, shared.col
        alike = shared.data / (sizes[one] + sizes[other] - shared.data)
        for place in np.flatnonzero((alike > limit) & (one < other)):
            yield long[one[place]]["id"], long[other[place]]["id"]


def check(paths):
    """Print the faults of all files and a short description; return the number of faults."""
    rows, count = [], 0
    for path in paths:
        for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
                wrong = list(faults(row))
                rows.append(row)
            except (ValueError, KeyError, TypeError) as error:
                wrong = [f"{type(error).__name__}: {error}"]
            for fault in wrong:
                count += 1
                print(f"{path}:{number}: {fault}")
    for one, other in near_duplicates(rows):
        count += 1
        print(f"near duplicates: {one} {other}")
    for number, repeated in Counter(row["id"] for row in rows).items():
        if repeated > 1:
            count += 1
            print(f"id used {repeated} times: {number}")
    print(f"{len(rows)} rows, {count} faults")
    print(
        "labels", Counter(code for row in rows for code in row["labels"] or ["(unexplained)"]).most_common()
    )
    print("questions", Counter(row["question"] for row in rows).most_common())
    sizes = Counter(
        ["1-8", "9-30", "31-90", "91-250"][sum(len(r["text"]) > n for n in (8, 30, 90))] for r in rows
    )
    print("lengths", dict(sizes), "several", sum(len(row["labels"]) > 1 for row in rows))
    return count


def read(path):
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def blind(path):
    """Print the texts without labels."""
    for row in read(path):
        print(
            json.dumps({key: row[key] for key in ("id", "business", "question", "text")}, ensure_ascii=False)
        )


def join(path, second):
    """Write a second reader's labels into the rows; nothing is compared here."""
    given = {row["id"]: {"labels": row["labels"], "polarity": row["polarity"]} for row in read(second)}
    write(path, [row | {"second": given[row["id"]]} for row in read(path)])


def differs(row):
    """Do the readers differ in the main label or in the set of labels?"""
    one, other = row["labels"], row["second"]["labels"]
    return one[:1] != other[:1] or set(one) != set(other)


def differ(paths):
    """Print the rows that were read differently, the two readings in an order that says nothing."""
    for path in paths:
        for row in read(path):
            if row["second"] and differs(row):
                readings = [row["labels"], row["second"]["labels"]]
                random.Random(row["id"]).shuffle(readings)
                shown = {key: row[key] for key in ("id", "business", "question", "text")}
                print(json.dumps(shown | {"readings": readings}, ensure_ascii=False))


def resolve(decided, *paths):
    """Write decided labels into the rows: lines {id, labels}."""
    given = {row["id"]: row["labels"] for row in read(decided)}
    for path in paths:
        write(path, [row | {"resolved": given.get(row["id"], row["resolved"])} for row in read(path)])


def write(path, rows):
    text = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    Path(path).write_text(text, encoding="utf-8")


def agree(paths):
    """Print Cohen's kappa of the first label and per code, how often all labels are the same, and what was resolved."""
    pairs = [(row, row["second"]) for path in paths for row in read(path) if row["second"]]
    firsts = [[(one["labels"] or ["unexplained"])[0] for one in pair] for pair in pairs]
    same = sum(a == b for a, b in firsts)
    whole = sum(set(a["labels"]) == set(b["labels"]) for a, b in pairs)
    kappa = cohen_kappa([a for a, _ in firsts], [b for _, b in firsts])
    print(
        f"{len(pairs)} answers read twice: first label the same {same / len(pairs):.3f} (kappa {kappa:.3f}),"
    )
    print(f"all labels the same {whole / len(pairs):.3f}")
    print(
        f"polarity kappa {cohen_kappa(*zip(*[(a['polarity'], b['polarity']) for a, b in pairs], strict=True)):.3f}"
    )
    _print_resolved([row for row, _ in pairs if differs(row)])
    for code in sorted(CODES):
        said = [(code in a["labels"], code in b["labels"]) for a, b in pairs]
        print(
            f"  {code:<11} kappa {cohen_kappa(*zip(*said, strict=True)):.3f}  first {sum(a for a, _ in said)}  second {sum(b for _, b in said)}"
        )


def _print_resolved(rows):
    settled = [row for row in rows if row["resolved"] is not None]
    first = sum(row["resolved"] == row["labels"] for row in settled)
    second = sum(row["resolved"] == row["second"]["labels"] for row in settled)
    print(
        f"read differently {len(rows)}, resolved {len(settled)}: as the first reader {first}, as the second {second}"
    )


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    if verb == "draw":
        print(json.dumps(draw(int(rest[0]), "--held-out" in rest), ensure_ascii=False, indent=1))
    elif verb == "check":
        sys.exit(1 if check(rest) else 0)
    else:
        {
            "blind": blind,
            "join": join,
            "resolve": resolve,
            "agree": lambda *files: agree(files),
            "differ": lambda *files: differ(files),
        }[verb](*rest)
