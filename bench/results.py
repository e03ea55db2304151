"""One line of a benchmark: a ratio, its target, and what stands beside it."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Result:
    """A figure with its target, if it has one. `beside`: the absolute figures of this run, which are no result."""

    name: str
    value: float
    at_most: float | None = None
    at_least: float | None = None
    unit: str = "×"
    beside: str = ""

    @property
    def target(self) -> str:
        if self.at_most is not None:
            return f"≤ {self.at_most:g}{self.unit}"
        return f"≥ {self.at_least:g}{self.unit}" if self.at_least is not None else "–"

    @property
    def is_reached(self) -> bool | None:
        """Is the target reached? None where there is none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return self.value >= self.at_least if self.at_least is not None else None

    @property
    def verdict(self) -> str:
        return {True: "reached", False: "missed", None: ""}[self.is_reached]

    @property
    def shown(self) -> str:
        digits = 0 if abs(self.value) >= 100 else 1 if abs(self.value) >= 10 else 2
        return f"{self.value:,.{digits}f}{self.unit}"

    @property
    def row(self) -> list[str]:
        return [self.name, self.shown, self.target, self.verdict, self.beside]

    @property
    def figures(self) -> dict[str, Any]:
        return {**asdict(self), "reached": self.is_reached}
