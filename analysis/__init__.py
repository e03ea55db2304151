"""Texts in, findings out: a pure library without web, database or network.

The walk of one text: masking (what must not be read) -> normalize (one spelling, offsets kept) -> tokenizer
(with dictionary) -> clauses (roles) -> features -> classifier -> pipeline (the Reading).
What the known reasons leave unexplained: clusterer -> labeler -> matcher (themes that keep their identity).
`python -m analysis` opens the same doors to scripts.
"""
