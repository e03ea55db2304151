"""Whether one judge is right more often than another on the same things."""

from math import comb


def chance_of_change(better: int, worse: int) -> float:
    """How often tossing a coin would tell two judges apart at least this much; both counts >= 0, 1 where none differ.

    `better`: things only the second got right, `worse`: only the first. Exact and two-sided: McNemar (1947),
    Psychometrika 12:153-157, with the binomial in place of its approximation.
    """
    if better < 0 or worse < 0:
        raise ValueError(f"a count must not be below 0: {better}, {worse}")
    n, fewer = better + worse, min(better, worse)
    return float(min(1.0, 2 * sum(comb(n, count) for count in range(fewer + 1)) / 2**n))
