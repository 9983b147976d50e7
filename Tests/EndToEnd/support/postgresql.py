"""Real PostgreSQL servers in all the states that they get into, and a judge of databases that reads with psql."""

import contextlib
import csv
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from .disk import SmallDisk
from .program import clean_environment
from .waiting import eventually, free_port

# The judge, who gets in also where no connection is left for others; the programs, who own their database; and others.
JUDGE, OWNER, OTHERS = "postgres", "shrinkr", "others"
# PostgreSQL refuses to run as root: then it runs as Debian's user for it.
AS_SERVER = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
STOPS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
# pg_hba.conf: the others need no password, so that a test can be them without one.
ACCESS = f"""\
local all,replication all scram-sha-256
host all {OTHERS} 127.0.0.0/8 trust
host all,replication all 127.0.0.0/8 scram-sha-256
"""


def programs():
    """The folder of `postgres`, `psql` and so on."""
    script = Path(__file__).parents[2] / "Scripts" / "install-postgresql.sh"
    return Path(subprocess.run([script], stdout=subprocess.PIPE, text=True, check=True).stdout.strip())


class Server:
    """A server in a folder of its own, which vanishes with it. It can be stopped and started with the same port.

    What is committed survives every kill of its processes; with `fsync` it waits for the disk, too. `settings` are
    those of postgresql.conf, and may be changed between two starts. `source`: the server that this one is a standby
    of. `disk`: the size of a small file system, for its tables or its write-ahead log, as `on_disk` says.
    """

    def __init__(
        self, *, source=None, host="127.0.0.1", port=None, fsync=False, disk=None, on_disk="tables", **settings
    ):
        self.programs = programs()
        self.source = source
        self.host, self.port = host, port or free_port()
        self.password = source.password if source else secrets.token_hex(16)
        # Short, since the path of a socket has at most 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="shrinkr-postgresql.", dir="/tmp"))
        self.disk = SmallDisk(self.folder / "disk", disk) if disk else None
        places = {"tables": self.folder, "log": self.folder} | ({on_disk: self.disk.path} if disk else {})
        self.data, self.write_ahead_log = places["tables"] / "data", places["log"] / "write-ahead-log"
        self.log_path = self.folder / "log"
        self.settings = {
            "listen_addresses": host, "unix_socket_directories": str(self.folder), "max_connections": 100,
            "fsync": "on" if fsync else "off", "full_page_writes": "on" if fsync else "off", "shared_buffers": "32MB",
            "min_wal_size": "4MB", "max_wal_size": "64MB", "timezone": "UTC", "log_line_prefix": "%m [%p] %u@%d ",
        } | settings  # fmt: skip
        self.process = None
        self.paused = []

    def __enter__(self):
        try:
            if self.disk:
                if os.geteuid() != 0:
                    pytest.skip("needs root to give PostgreSQL a small disk")
                self.disk.__enter__()
            self._own(self.folder)
            self._make_standby() if self.source else self._make()
            return self.start()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        if self.is_running:
            self.resume()
            self.stop("immediate")
        if self.disk and os.path.ismount(self.disk.path):
            self.disk.__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _own(self, path):
        if AS_SERVER:
            subprocess.run(["chown", "-R", "postgres:postgres", path], check=True)

    def run(self, program, *arguments, timeout=60, **environment):
        """Runs one of PostgreSQL's programs as the judge; returns what it says."""
        done = subprocess.run(
            [*AS_SERVER, self.programs / program, *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=timeout, env=self.environment | environment,
        )  # fmt: skip
        if done.returncode != 0:
            raise ServerError(f"{program} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    @property
    def environment(self):
        """Of everything here: nothing of who calls matters."""
        return clean_environment(self.folder) | {
            "LC_ALL": "C", "PGHOST": str(self.folder), "PGPORT": str(self.port), "PGUSER": JUDGE,
            "PGPASSWORD": self.password, "PGDATABASE": "postgres", "PGCONNECT_TIMEOUT": "10",
        }  # fmt: skip

    def _make(self):
        password = self.folder / "password"
        password.write_text(self.password)
        self._own(password)
        self.run(
            "initdb", f"--pgdata={self.data}", f"--username={JUDGE}", f"--pwfile={password}", "--auth=scram-sha-256",
            "--encoding=UTF8", "--locale=C", "--no-sync", f"--waldir={self.write_ahead_log}", "--wal-segsize=1",
        )  # fmt: skip
        password.unlink()
        (self.data / "pg_hba.conf").write_text(ACCESS)
        self._own(self.data / "pg_hba.conf")
        with self.running():
            self.query(f"CREATE ROLE {OWNER} LOGIN PASSWORD '{self.password}'", f"CREATE ROLE {OTHERS} LOGIN")

    def _make_standby(self):
        source = self.source
        self.run(
            "pg_basebackup", f"--pgdata={self.data}", "--checkpoint=fast", "--no-sync", "--write-recovery-conf",
            "--wal-method=stream", PGHOST=str(source.folder), PGPORT=str(source.port),
        )  # fmt: skip

    # Running

    def start(self, wait=True):
        assert not self.is_running, "PostgreSQL is running already"
        settings = [f"-c{name}={value}" for name, value in self.settings.items()]
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [*AS_SERVER, self.programs / "postgres", "-D", self.data, f"-cport={self.port}", *settings],
                cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        if wait:
            self.wait_until_ready()
        return self

    def wait_until_ready(self):
        def is_ready():
            if not self.is_running:
                raise RuntimeError(f"PostgreSQL ended with {self.process.returncode}:\n{self.log()}")
            return self.query("SELECT 1")

        eventually(is_ready, within=60, every=0.1, what="PostgreSQL takes connections")

    @contextlib.contextmanager
    def running(self):
        self.start()
        yield
        self.stop()

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, mode="fast"):
        """`fast` ends every session and writes what is left; `immediate` leaves everything as a crash would."""
        self.process.send_signal(STOPS[mode])
        self.process.wait(timeout=60)

    def restart(self, mode="fast"):
        self.stop(mode)
        self.start()

    def recover(self):
        """Makes the server run, whatever a test has left of it."""
        self.resume()
        if not self.is_running:
            self.start()

    def pause(self):
        """Every process of the server stands still; the system goes on to take connections and bytes for it."""
        os.kill(self.process.pid, signal.SIGSTOP)
        self.paused = [self.process.pid]
        for child in self.children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGSTOP)
                self.paused.append(child)

    def resume(self):
        for process in self.paused:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)
        self.paused = []

    def children(self):
        process = self.process.pid
        return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]

    def crash(self):
        """One of its processes is killed, so that the server ends all sessions and recovers."""
        writer = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'background writer'"
        first = self.query(writer)
        os.kill(int(first[0][0]), signal.SIGKILL)
        eventually(lambda: self.query(writer) not in (first, []), what="PostgreSQL has recovered")

    def log(self, last=20_000):
        return self.log_path.read_text(errors="replace")[-last:] if self.log_path.exists() else ""

    # Asking

    def query(self, *statements, database="postgres"):
        """The rows of all statements, each of which is a transaction of its own; every value is text."""
        commands = [f"--command={statement}" for statement in statements]
        try:
            text = self.run(
                "psql", "--no-psqlrc", "--quiet", "--csv", "--tuples-only", "--set=ON_ERROR_STOP=1", *commands,
                PGDATABASE=database,
            )  # fmt: skip
        except ServerError as error:
            raise AssertionError(str(error)) from None
        return list(csv.reader(text.splitlines()))

    def database(self):
        """A new one."""
        return Database(self)

    def promote(self):
        """Makes a primary of the standby."""
        self.query("SELECT pg_promote()")

    def replicate_synchronously(self):
        """From now on a commit is answered once the standby has it, too."""
        self.query("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        state = "SELECT sync_state FROM pg_stat_replication"
        eventually(lambda: self.query(state) == [["sync"]], what="the standby takes part in commits")


class ServerError(Exception):
    """One of PostgreSQL's programs failed."""


class Database:
    """A database of its own, empty at first, which the programs own."""

    def __init__(self, server):
        self.server = server
        self.name = f"shrinkr_{secrets.token_hex(6)}"
        server.query(f"CREATE DATABASE {self.name} OWNER {OWNER} TEMPLATE template0")

    def drop(self):
        self.server.query(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    @property
    def url(self):
        return self.url_at((self.server.host, self.server.port))

    def url_at(self, *places, **parameters):
        """The URL of the database at these hosts and ports."""
        hosts = ",".join(f"{host}:{port}" for host, port in places)
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        return f"postgresql://{OWNER}:{self.server.password}@{hosts}/{self.name}" + (f"?{query}" if query else "")

    def query(self, *statements):
        return self.server.query(*statements, database=self.name)

    def clicks(self):
        """The clicks of each link, people and bots, as the tables have them."""
        rows = self.query("SELECT code, sum(people + bots) FROM clicks_by_bucket GROUP BY code")
        return Counter({code: int(clicks) for code, clicks in rows})

    def counted_clicks(self):
        """The clicks of all frames that were counted."""
        return int(self.query("SELECT coalesce(sum(counted + orphaned), 0) FROM journal_counts")[0][0])

    def terminate_sessions(self, share=1.0):
        """Ends this share of the programs' sessions, chosen by chance; returns how many."""
        chosen = f"datname = '{self.name}' AND usename = '{OWNER}' AND random() < {share}"
        return len(self.query(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {chosen}"))


class Others:
    """Sessions of somebody else, up to the last that the server allows. They do nothing."""

    def __init__(self, database):
        self.database = database
        self._held = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for connection in self._held:
            connection.close()

    def take_all(self):
        """Takes what is free, until the server refuses; returns how many sessions are held."""
        while (connection := self._connect()) is not None:
            self._held.append(connection)
        return len(self._held)

    def _connect(self):
        """A session, or None where there is none left (protocol 3.0: startup, then messages until ReadyForQuery)."""
        server = self.database.server
        connection = socket.create_connection((server.host, server.port), timeout=10)
        body = struct.pack("!i", 196608) + f"user\0{OTHERS}\0database\0{self.database.name}\0\0".encode()
        connection.sendall(struct.pack("!i", len(body) + 4) + body)
        stream = connection.makefile("rb")
        while (kind := stream.read(1)) not in (b"Z", b"E", b""):
            stream.read(struct.unpack("!i", stream.read(4))[0] - 4)
        if kind == b"Z":
            return connection
        connection.close()
        return None


class Pooler:
    """PgBouncer in front of a server: each transaction may run in another session."""

    def __init__(self, server):
        if shutil.which("pgbouncer", path="/usr/sbin:/usr/bin") is None:
            pytest.skip("needs PgBouncer (Debian's package pgbouncer)")
        self.server = server
        self.host, self.port = "127.0.0.1", free_port()
        self.folder = server.folder / f"pgbouncer-{self.port}"
        self.process = None

    def __enter__(self):
        self.folder.mkdir()
        (self.folder / "users").write_text(f'"{OWNER}" "{self.server.password}"\n')
        (self.folder / "pgbouncer.ini").write_text(
            f"[databases]\n* = host={self.server.host} port={self.server.port}\n[pgbouncer]\npool_mode = transaction\n"
            f"listen_addr = {self.host}\nlisten_port = {self.port}\nunix_socket_dir =\nauth_type = scram-sha-256\n"
            f"auth_file = {self.folder}/users\ndefault_pool_size = 10\nmax_client_conn = 200\n"
            "server_login_retry = 1\n"
        )
        self.server._own(self.folder)
        return self.start()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder)

    def start(self):
        with (self.server.folder / "pgbouncer.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*AS_SERVER, "/usr/sbin/pgbouncer", self.folder / "pgbouncer.ini"], cwd=self.folder,
                env=self.server.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        listens = lambda: socket.create_connection((self.host, self.port)).close() or True  # noqa: E731
        eventually(listens, what="PgBouncer listens")
        return self

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


class Name:
    """The name of a host that leads where the test says, for programs that `place` starts.

    They see a hosts file of their own (hosts(5)), in a namespace of their own.
    """

    def __init__(self, directory, name, address):
        self.name = name
        self.file = Path(directory) / "hosts"
        self.lead_to(address)
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        script = 'mount --bind "$0" /etc/hosts && exec "$@"'
        self.wrap = ["unshare", "--mount", *user, "sh", "-c", script, str(self.file)]
        tried = subprocess.run([*self.wrap, "true"], capture_output=True, text=True)
        if tried.returncode != 0:
            pytest.skip(f"needs root, or user namespaces, for a hosts file of its own: {tried.stderr}")

    def lead_to(self, address):
        """The file stays the same one, which is what a program has in its place."""
        self.file.write_text(f"127.0.0.1 localhost\n{address} {self.name}\n")

    def place(self, program):
        program.wrap = self.wrap
