"""The peak memory of a process of its own that reads so many answers: python -m bench.memory 100000."""

import os
import subprocess
import sys
from itertools import islice

from threadpoolctl import threadpool_limits

from analysis.pipeline import CHUNK, Reader
from bench.measuring import memory_of
from bench.mixed import mixed

BY_BOTH = 1024  # answers that the encoder may read too: enough for its weights and its work space


def main() -> int:
    """Read and forget; print distinct answers in 1,000 and the peak in bytes."""
    count = int(sys.argv[1])
    reader = Reader()
    quick = Reader(reader.model.with_parts(deep=None))
    answers, read, distinct = mixed(count), 0, set[int]()
    with threadpool_limits(1):
        while chunk := list(islice(answers, CHUNK)):
            (reader if read < BY_BOTH else quick).read(chunk)
            read += len(chunk)
            if read <= 10_000:
                distinct.update(hash((one.text, one.question)) for one in chunk)
    print(len(distinct) * 1000 // min(read, 10_000), memory_of(os.getpid()))
    return 0


def peak_at(count: int) -> tuple[float, int]:
    """The share of distinct answers and the peak in bytes."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.memory", str(count)], check=True, capture_output=True, text=True
    )
    share, peak = map(int, done.stdout.split())
    return share / 1000, peak


if __name__ == "__main__":
    sys.exit(main())
