"""Settings: read once from the environment, checked, then never changed."""

import ipaddress
import os
import secrets
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET, FEWEST_SIGNS = 32, 10
# What example files carry where a secret belongs.
PLACEHOLDERS = (
    "changeme", "change-me", "change_me", "change this", "your-", "your_", "yoursecret", "replace", "placeholder",
    "example", "default", "insecure", "password",
)  # fmt: skip


class BadSettings(RuntimeError):
    """The environment asks for something unsafe or impossible."""


@dataclass(frozen=True)
class Settings:
    """All settings of one process. Sizes in bytes, times in seconds."""

    database_url: str
    redis_url: str
    instance_path: Path
    secret_key: str
    public_url: str
    trusted_hosts: tuple[str, ...]
    production: bool
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_starttls: bool
    mailbox: bool
    hourly_send_limit: int
    quiet_hours: bool
    trusted_proxies: int
    debug: bool = False
    mailbox_open: bool = False
    die_at: str = ""
    max_upload: int = 50 * 2**20
    max_form: int = 256 * 2**10
    session_hours: int = 12

    @classmethod
    def from_environment(cls, environment: dict[str, str] | None = None) -> "Settings":
        """Read the settings; raise BadSettings where they are missing, weak or contradict each other."""
        env = dict(os.environ) if environment is None else environment
        instance = Path(env.get("INSTANCE_PATH") or _home_of(env.get("DATABASE_URL", ""))).resolve()
        production = env.get("OKAERI_ENV", "") == "production"
        public_url = env.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
        settings = cls(
            database_url=env.get("DATABASE_URL", f"sqlite:///{instance / 'okaeri.db'}"),
            redis_url=env.get("REDIS_URL", ""),
            instance_path=instance,
            secret_key=env.get("SECRET_KEY") or _kept_secret(instance, production),
            public_url=public_url,
            trusted_hosts=_hosts(env.get("TRUSTED_HOSTS", ""), public_url),
            production=production,
            smtp_host=env.get("SMTP_HOST", "127.0.0.1"),
            smtp_port=_number(env, "SMTP_PORT", 1025),
            smtp_user=env.get("SMTP_USER", ""),
            smtp_password=env.get("SMTP_PASSWORD", ""),
            smtp_starttls=env.get("SMTP_STARTTLS", "") == "1",
            mailbox=env.get("MAILBOX", "0" if production else "1") == "1",
            hourly_send_limit=_number(env, "HOURLY_SEND_LIMIT", 1200),
            trusted_proxies=_number(env, "TRUSTED_PROXIES", 0),
            quiet_hours=env.get("QUIET_HOURS", "1") == "1",
            debug=env.get("FLASK_DEBUG", "").lower() not in {"", "0", "false", "no"},
            mailbox_open=env.get("MAILBOX_OPEN", "") == "1",
            die_at=env.get("DIE_AT", ""),
        )
        settings.check(given_secret=bool(env.get("SECRET_KEY")))
        return settings

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    def check(self, given_secret: bool) -> None:
        """Raise BadSettings for what must not run."""
        if self.production and not given_secret:
            raise BadSettings("SECRET_KEY must be set in production")
        if len(self.secret_key) < SHORTEST_SECRET:
            raise BadSettings(f"SECRET_KEY needs at least {SHORTEST_SECRET} characters")
        if not self.quiet_hours and not self.mailbox:
            raise BadSettings("QUIET_HOURS=0 is for the built-in mailbox only: real people sleep")
        if self.production:
            self._check_production()

    def _check_production(self) -> None:
        if _is_weak(self.secret_key):
            raise BadSettings("SECRET_KEY is too easy to guess: make one with `openssl rand -base64 48`")
        if self.debug:
            raise BadSettings("FLASK_DEBUG must be off in production")
        if not self.is_https and not is_loopback(urlsplit(self.public_url).hostname or ""):
            raise BadSettings("PUBLIC_URL must start with https:// in production")
        if self.die_at:
            raise BadSettings("DIE_AT is for tests: it kills the process")
        if self.mailbox:
            raise BadSettings("set MAILBOX=0 and an SMTP server of your own in production")

    def __repr__(self) -> str:
        shown = (
            f.name
            for f in fields(self)
            if f.name not in {"secret_key", "smtp_password", "database_url", "redis_url"}
        )
        return f"Settings({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


def _number(env: dict[str, str], name: str, default: int) -> int:
    try:
        return int(env.get(name, default))
    except ValueError:
        raise BadSettings(f"{name} must be a number") from None


def is_loopback(host: str) -> bool:
    """Does this name or address stay on this machine?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_weak(secret: str) -> bool:
    word = secret.lower()
    return len(set(word)) < FEWEST_SIGNS or any(placeholder in word for placeholder in PLACEHOLDERS)


def _hosts(given: str, public_url: str) -> tuple[str, ...]:
    named = tuple(host.strip() for host in given.split(",") if host.strip())
    own = urlsplit(public_url).hostname
    return tuple(dict.fromkeys((*named, *([own] if own else []), "127.0.0.1", "localhost")))


def _home_of(database_url: str) -> Path:
    """Where secret, queue and files of this database lie unless INSTANCE_PATH says so.

    Another SQLite file has a folder of its own beside it: a command pointed there must not ring for jobs of ours.
    """
    home = ROOT / "instance"
    path = Path(database_url.removeprefix("sqlite:///").partition("?")[0])
    is_other_file = database_url.startswith("sqlite:////") and path.resolve().parent != home.resolve()
    return Path(f"{path}.files") if is_other_file else home


def _kept_secret(instance: Path, production: bool) -> str:
    """The secret of this installation, made once and kept beside its data; in production it must be given."""
    path = instance / "secret"
    if not path.exists() and not production:
        instance.mkdir(parents=True, exist_ok=True)
        try:
            with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass  # another process was first: its secret is the secret
    return path.read_text().strip() if path.exists() else ""
