"""Servers and tools under measurement: started, pinned, asked, and ended again.

Servers run on one half of the processors and clients on the other, so that neither takes
time from the other and every server of a comparison has the same to spend. Everything is
on the loopback network, in one temporary folder, and ends with the rig.
"""

import collections
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
NCHAN = pathlib.Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
NO_LIMITS = ["--limits-requests-per-minute", "0", "--limits-burst-per-second", "0",
             "--limits-votes-per-day", "0"]

NGINX_CONF = """
load_module {module};
user root;
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid {dir}/nginx.pid;
error_log {dir}/error.log error;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi; uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location = /publish {{ nchan_publisher; nchan_channel_id bench;
                               nchan_message_buffer_length 1; }}
        location = /ws {{ nchan_subscriber websocket; nchan_channel_id bench;
                          nchan_subscriber_first_message newest; }}
    }}
}}
"""


READER = 2_000_000_000  # who reads the feed


class Failed(Exception):
    """The measurement cannot be made or cannot be trusted."""


def halves(share):
    """(servers' processors, clients' processors); all for both if they share them."""
    cpus = sorted(os.sched_getaffinity(0))
    half = 0 if share else len(cpus) // 2
    return (set(cpus[:half]), set(cpus[half:])) if half else (set(cpus), set(cpus))


def threads_ns(pid):
    """Processor time of a process's threads, by name; those of one kind together."""
    total = collections.Counter()
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):
            name = (task / "comm").read_text().strip().rstrip("-0123456789")
            total[name] += int((task / "schedstat").read_text().split()[0])
    return total


def cpu_ns(pid):
    return sum(threads_ns(pid).values())


def private_bytes(pid):
    """User-space memory that is this process's alone."""
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1]) * 1024
    raise Failed("smaps_rollup has no Private_Dirty")


def until(what, ready, limit=20.0):
    """What ready() returns, as soon as it is something."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        value = ready()
        if value:
            return value
        time.sleep(0.02)
    raise Failed(f"{what}: not in {limit:.0f} s")


def settle(pid, limit=30.0):
    """Wait until a process has nothing to do; the seconds that took."""
    start = time.monotonic()

    def quiet():
        before = cpu_ns(pid)
        time.sleep(0.1)
        return cpu_ns(pid) - before < 2_000_000
    until(f"process {pid} becomes idle", quiet, limit)
    return time.monotonic() - start - 0.1


class Server:
    def __init__(self, name, pid, address):
        self.name, self.pid, self.address = name, pid, address

    def call(self, method, path, body=None, token=None):
        connection = http.client.HTTPConnection(self.address, timeout=20)
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connection.request(method, path, json.dumps(body) if body is not None else None,
                           headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= 300:
            raise Failed(f"{method} {path}: {answer.status} {text[:300]!r}")
        return json.loads(text) if text else None

    def answers(self, path):
        try:
            connection = http.client.HTTPConnection(self.address, timeout=1)
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except OSError:
            return False


class Pollux(Server):
    def __init__(self, rig, process, folder, register):
        address = folder / "address"
        until("pollux listens", lambda: rig.alive(process) and address.exists()
              and address.read_text().strip(), 120)
        super().__init__("Pollux", process.pid, address.read_text().strip())
        self.rig, self.process, self.folder = rig, process, folder
        self.next_voter = 1_000_000  # far from the accounts that are registered
        until("pollux answers", lambda: self.answers("/healthz"))
        if not register:
            return
        answer = self.call("POST", "/api/auth/register",
                           {"username": "bench", "email": "bench@example.org",
                            "password": "correct horse battery"})
        self.owner = answer["token"]

    def poll(self, title):
        body = {"title": title, "options": ["one", "two", "three", "four"]}
        return self.call("POST", "/api/polls", body, self.owner)["id"]

    def votes_on(self, poll):
        return self.call("GET", f"/api/polls/{poll}/results")["totalVotes"]

    def tokens(self, count):
        """A file with that many tokens that the server has not seen."""
        path = self.rig.folder / "tokens"
        with open(path, "wb") as out:
            subprocess.run([self.rig.build / "pollux", "token", "--data-dir", self.folder,
                            "--first", str(self.next_voter), "--count", str(count)],
                           stdout=out, check=True, timeout=60)
        self.next_voter += count
        return path

    def stop_and_verify(self):
        """What the journal and the store say after all this."""
        self.rig.end(self.process)
        done = subprocess.run([self.rig.build / "pollux", "verify", "--data-dir",
                               self.folder], capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise Failed(f"pollux verify: {done.stdout}{done.stderr}")
        return done.stdout.strip()


class Watch:
    """Followers of a server's stream, and their publisher: bench/watch.c."""

    def __init__(self, rig, server, watchers, path, *options):
        self.process = rig.start_client(
            ["watch", "--address", server.address, "--watchers", watchers,
             "--pid", server.pid, *options, path], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.rig, self.pid = rig, self.process.pid
        self.message_bytes = self.answer()["messageBytes"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failed("watch has ended")
        return json.loads(line)

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.answer()

    def leave(self):
        self.process.stdin.close()
        self.process.wait(timeout=20)


class Rig:
    def __init__(self, build, share=False):
        self.build = pathlib.Path(build)
        self.server_cpus, self.client_cpus = halves(share)
        self.processes = []
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pollux-bench-"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            self.end(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, command, cpus, **options):
        # The tools leave their memory to the end of the process.
        env = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
        process = subprocess.Popen([str(word) for word in command], env=env,
                                   preexec_fn=lambda: os.sched_setaffinity(0, cpus),
                                   **options)
        self.processes.append(process)
        return process

    def start_client(self, command, **options):
        command = [self.build / "bench" / command[0], *command[1:]]
        return self.start(command, self.client_cpus, **options)

    @staticmethod
    def alive(process):
        if process.poll() is not None:
            raise Failed(f"{process.args[0]} ended with {process.returncode}")
        return True

    def end(self, process):
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process in self.processes:
            self.processes.remove(process)

    def new_folder(self, name):
        folder = self.folder / f"{name}-{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        return folder

    def pollux(self, options=NO_LIMITS):
        return self.pollux_in(self.new_folder("pollux"), options=options)

    def pollux_again(self, server):
        """A stopped server's data, served once more; its reader has a token."""
        again = self.pollux_in(server.folder, register=False)
        again.next_voter = READER
        again.reader = again.tokens(1).read_text().split()[1]
        return again

    def pollux_in(self, folder, register=True, options=NO_LIMITS):
        with open(folder.with_suffix(".log"), "wb") as log:
            process = self.start([self.build / "pollux", "serve", "--server-port", "0",
                                  "--server-loops", len(self.server_cpus),
                                  "--data-dir", folder, *options], self.server_cpus,
                                 stdout=log, stderr=log)
        return Pollux(self, process, folder, register)

    def bare(self):
        process = self.start([self.build / "bench" / "bare"], self.server_cpus,
                             stdout=subprocess.PIPE, text=True)
        return Server("bare", process.pid, process.stdout.readline().strip())

    def nchan(self):
        """None where Debian's module is not installed."""
        if not NCHAN.exists() or not shutil.which("nginx", path="/usr/sbin:/usr/bin"):
            return None
        folder = self.new_folder("nginx")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        conf = folder / "nginx.conf"
        conf.write_text(NGINX_CONF.format(dir=folder, port=port, module=NCHAN))
        process = self.start(["/usr/sbin/nginx", "-p", folder, "-c", conf,
                              "-e", folder / "error.log"], self.server_cpus)
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        worker = until("nginx has a worker", lambda: self.alive(process)
                       and children.read_text().split())
        server = Server("nginx + nchan", int(worker[0]), f"127.0.0.1:{port}")
        until("nginx listens", lambda: self.listens(port))
        return server

    @staticmethod
    def listens(port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def load(self, server, connections, *words, seconds=2, options=()):
        """One run of bench/load.c: its numbers."""
        process = self.start_client(
            ["load", "--address", server.address, "--connections", connections,
             "--seconds", seconds, "--warmup-ms", 200, "--pid", server.pid, *options,
             *words], stdout=subprocess.PIPE, text=True)
        text, _ = process.communicate(timeout=seconds + 30)
        self.processes.remove(process)
        if process.returncode != 0:
            raise Failed(f"load ended with {process.returncode}")
        result = json.loads(text)
        if result["errors"]:
            raise Failed(f"load: {result['errors']} connections failed")
        return result


class Spread:
    """The median of some rounds, with the lowest and the highest."""

    def __init__(self, values):
        self.values = list(values)
        self.median = statistics.median(self.values)

    def text(self, digits=2):
        low, high = min(self.values), max(self.values)
        return f"{self.median:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"
