"""Customers who answer while things break, and the ledger of what was acknowledged to whom."""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from bench.respondents import Browser, Reply

CUSTOMERS = 4
PATIENT = (429, 503)  # what a customer may be told while something is away


@dataclass
class Pressed:
    """One customer's sheet as the outside world knows it."""

    token: str
    words: str
    acknowledged: bool = False


@dataclass
class Load:
    """Customers side by side, each sheet begun and sent over HTTP; some press twice, some come back after a failure."""

    address: str
    tokens: list[str]
    rng: Random
    timeout: float = 30
    sheets: list[Pressed] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    acknowledged: int = 0
    broken_off: int = 0
    last_failure: float = 0
    last_success: float = 0
    is_up: threading.Event = field(default_factory=threading.Event)
    _is_over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _again: list[Pressed] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator["Load"]:
        """Let the customers answer during the block."""
        self.is_up.set()
        threads = [threading.Thread(target=self._answer, args=(number,)) for number in range(CUSTOMERS)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._is_over.set()
            self.is_up.set()
            for thread in threads:
                thread.join()

    def wait_for(self, more: int, seconds: float = 30) -> None:
        """Wait until so many more sheets were acknowledged. Raises TimeoutError."""
        wanted, deadline = self.acknowledged + more, time.monotonic() + seconds
        while self.acknowledged < wanted:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.acknowledged} of {wanted} acknowledged; {dict(self.statuses)}")
            time.sleep(0.002)

    @property
    def refusals(self) -> int:
        """Answers that must not be: neither a page, nor a redirect, nor a request for patience."""
        return sum(
            count for status, count in self.statuses.items() if status >= 400 and status not in PATIENT
        )

    def _next(self) -> Pressed | None:
        with self._lock:
            if self._again:
                return self._again.pop()
            if not self.tokens:
                return None
            token = self.tokens.pop()
            self.sheets.append(Pressed(token, f"届くのが遅い。kill-{token}"))
            return self.sheets[-1]

    def _answer(self, number: int) -> None:
        browser, rng = Browser(self.address, self.timeout), Random(self.rng.random() + number)
        while not self._is_over.is_set():
            self.is_up.wait()
            sheet = self._next()
            if sheet is None:
                return
            try:
                self._send(browser, sheet, rng)
            except (OSError, http.client.HTTPException):
                with self._lock:
                    self.broken_off += 1
                    self.last_failure = time.monotonic()
                    if rng.random() < 0.5:  # half of them come back, the others think it was sent
                        self._again.append(sheet)
                time.sleep(0.02)

    def _send(self, browser: Browser, sheet: Pressed, rng: Random) -> None:
        if not browser.form_token:
            self._patiently(browser.open, sheet.token)
        self._patiently(browser.begin, sheet.token)
        if rng.random() < 0.25:
            self._patiently(browser.begin, sheet.token)  # pressed twice
        reply = self._patiently(browser.submit, sheet.token, q_reason_text=sheet.words)
        if reply.is_thanks or (reply.status == 303 and reply.location.endswith(f"/s/{sheet.token}")):
            with self._lock:
                sheet.acknowledged = True
                self.acknowledged += 1
                self.last_success = time.monotonic()

    def _patiently(self, press: "object", *args: str, **answers: str) -> Reply:
        """Press; where the page asks for patience, press again after a moment."""
        while True:
            reply: Reply = press(*args, **answers)  # type: ignore[operator] # a method of Browser
            with self._lock:
                self.statuses[reply.status] += 1
                if reply.status >= 400:
                    self.last_failure = time.monotonic()
            if reply.status not in PATIENT or self._is_over.is_set():
                return reply
            if not reply.retry_after:
                self.statuses[500] += 1  # asked to wait without saying how long
            time.sleep(0.1)
