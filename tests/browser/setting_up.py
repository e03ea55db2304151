"""Before the browser tests: is there a Chromium, and if not, get it from the distribution's packages.

    python -m tests.browser.setting_up

Set CHROMIUM=/path to use another one. Without either, and without the right to install, it stops with a sentence.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "libatomic1")


def chromium() -> str | None:
    """Return the browser's path, or None."""
    given = os.environ.get("CHROMIUM", "")
    if given:
        return given if Path(given).is_file() else None
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def has_libatomic() -> bool:
    """Playwright's own driver needs it."""
    listed = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=False)
    return "libatomic.so.1" in listed.stdout


def install() -> None:
    """Install the browser as root on Debian and its like."""
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *PACKAGES]):
        subprocess.run(["apt-get", *command], check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    if chromium() and has_libatomic():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("installing chromium for the browser tests", file=sys.stderr)
        install()
    if chromium() and has_libatomic():
        return 0
    print(
        "the browser tests need Chromium: `apt-get install chromium libatomic1`, or CHROMIUM=/path",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
