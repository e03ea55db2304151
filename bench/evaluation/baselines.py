"""What simpler methods make of the same answers."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from analysis.codebook import NONE, codes
from analysis.corpus import CorpusRow, read_corpus, read_phrases
from analysis.evaluation import UNEXPLAINED, first_of, outcome, outcome_of_labels
from analysis.normalize import normalize
from analysis.types import Reading
from bench.evaluation.keywords import codes_by_keywords
from bench.evaluation.scene import Scene, three
from bench.tables import markdown_table

TITLE = "Beside simpler methods"
EVERYTHING = 2.0  # no confidence reaches it: the encoder reads all
Labels = list[list[str]]


def run(scene: Scene) -> str:
    said = {
        "keyword rules": [codes_by_keywords(row.text) for row in scene.rows],
        "TF-IDF + KMeans, 11 groups, each given its best label": clusters(scene.rows, 11),
        "TF-IDF + KMeans, 30 groups, each given its best label": clusters(scene.rows, 30),
        "TF-IDF + linear (one against the rest)": linear([*read_corpus(), *read_phrases()], scene.rows),
        "ours without the encoder": labels_of(scene.quick.read(scene.rows)),
        "ours, as it ships": labels_of(scene.readings),
    }
    found = {name: outcome_of_labels(scene.rows, labels, codes()) for name, labels in said.items()}
    if scene.reader.model.deep:
        slow = type(scene.reader)(scene.reader.model.with_parts(sure=EVERYTHING))
        found["ours, the encoder on every answer"] = outcome(scene.rows, slow.read(scene.rows), codes())
    rows = []
    for name, one in found.items():
        now = one.figures()
        rows.append([name, three(now["macro_f1"][0]), three(now["first_label"][0])])
    note = (
        "All on the same answers. TF-IDF over one to three characters; KMeans groups the tested answers themselves and "
        "is told the most frequent label of each group, which flatters it; the linear method (LinearSVC) learns from the "
        "same corpus and phrases as ours."
    )
    return f"{note}\n\n{markdown_table(('method', 'macro-F1', 'first label'), rows)}"


def labels_of(readings: Sequence[Reading]) -> Labels:
    return [[guess.code for guess in reading.reasons] for reading in readings]


def characters() -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char", ngram_range=(1, 3), sublinear_tf=True, preprocessor=lambda text: normalize(text).text
    )


def clusters(rows: Sequence[CorpusRow], count: int) -> Labels:
    """KMeans over `rows`; a cluster's label is the most frequent first label inside it."""
    table = characters().fit_transform([row.text for row in rows])
    home = KMeans(count, n_init=10, random_state=0).fit_predict(table)
    best = {}
    for cluster in range(count):
        inside = Counter(first_of(row.labels) for row, at in zip(rows, home, strict=True) if at == cluster)
        best[cluster] = max(sorted(inside), key=inside.__getitem__)
    return [[] if best[at] == UNEXPLAINED else [best[at]] for at in home.tolist()]


def linear(taught: Sequence[CorpusRow], rows: Sequence[CorpusRow]) -> Labels:
    """One linear SVM for each label; without a positive one the nearest label."""
    names = [*codes(), UNEXPLAINED]
    words = characters().set_params(min_df=2)
    table = words.fit_transform([row.text for row in taught])
    targets = np.array([[name in (row.labels or [UNEXPLAINED]) for name in names] for row in taught]).astype(
        int
    )
    heads = OneVsRestClassifier(LinearSVC(random_state=0)).fit(table, targets)
    return [
        stated(odds, names) for odds in heads.decision_function(words.transform([row.text for row in rows]))
    ]


def stated(odds: np.ndarray, names: Sequence[str]) -> list[str]:
    """Labels with positive odds, the likeliest first; NONE and UNEXPLAINED only alone."""
    ranked = [names[k] for k in np.argsort(-odds, kind="stable")]
    if ranked[0] == UNEXPLAINED:
        return []
    if ranked[0] == NONE:
        return [NONE]
    positive = {names[k] for k in np.flatnonzero(odds > 0)} - {NONE, UNEXPLAINED}
    return [name for name in ranked if name in positive] or ranked[:1]
