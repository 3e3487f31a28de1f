"""What the cluster is measured with: a PostgreSQL of its own, processes on it, and the same
votes as one transaction each.

The comparison is pgbench's, a well-kept client with as little to do as can be: sixteen
connections on a socket, prepared statements, the same rows in the same tables as ours, each
vote a transaction. It has no HTTP, no tokens and no rules to judge; we have all three.
"""

import contextlib
import os
import pathlib
import pwd
import re
import shutil
import socket
import subprocess
import tempfile

from rig import NO_LIMITS, Failed, Pollux, Spread, Watch, cpu_ns, settle, threads_ns, until

POLLS = 10_000
CONNECTIONS = 512
SECRET = "a secret of the benchmarks, 32 bytes"
PROGRAMS = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"),
                  key=lambda path: float(path.parent.name))

# What an application does that decides in SQL: lock, look, write three rows, commit.
ONE_VOTE = """\
\\set poll {poll}
\\set voter random(1000000000, 2000000000)
BEGIN;
SELECT closes_ms, visibility, counts FROM results WHERE poll_id = :poll FOR UPDATE;
INSERT INTO ballots (poll_id, user_id, kind, at_ms, choice, version)
 VALUES (:poll, :voter, 'vote', 1, '{{1}}', 1) ON CONFLICT DO NOTHING;
INSERT INTO daily_votes (day, user_id, votes) VALUES (1, :voter, 1)
 ON CONFLICT (day, user_id) DO UPDATE SET votes = daily_votes.votes + 1;
UPDATE results SET counts[2] = counts[2] + 1, total = total + 1,
 base_version = base_version + 1 WHERE poll_id = :poll;
COMMIT;
"""


class Postgres:
    """On a socket in a folder of its own, with fsync, as installed but for its memory."""

    def __init__(self, rig):
        self.rig = rig
        self.bin = PROGRAMS[-1]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pollux-bench-pg-"))
        self.as_other = []
        if os.getuid() == 0:  # which PostgreSQL refuses to be
            self.as_other = ["runuser", "-u", "postgres", "--"]
            os.chown(self.folder, pwd.getpwnam("postgres").pw_uid, -1)
        self.data = self.folder / "data"
        self.run("initdb", "-D", self.data, "-A", "trust", "-U", "postgres")
        self.process = rig.start(
            [*self.as_other, self.bin / "postgres", "-D", self.data, "-c", "listen_addresses=",
             "-c", f"unix_socket_directories={self.folder}", "-c", "shared_buffers=256MB"],
            rig.server_cpus, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("PostgreSQL answers", self.answers, 60)
        self.run("createdb", "-h", self.folder, "-U", "postgres", "pollux")
        self.dsn = f"host={self.folder} user=postgres dbname=pollux"

    def run(self, name, *words):
        done = subprocess.run([str(w) for w in (*self.as_other, self.bin / name, *words)],
                              cwd="/", capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise Failed(f"{name}: {done.stderr}")
        return done.stdout

    def answers(self):
        with contextlib.suppress(Failed):
            return self.run("psql", "-h", self.folder, "-U", "postgres", "-c", "SELECT 1")

    def sql(self, text):
        return self.run("psql", "-Atq", self.dsn, "-c", text).strip()

    def cpu_ns(self):
        return family_ns(self.process.pid)

    def one_by_one(self, poll, seconds):
        """Votes a second, one transaction each, over sixteen connections."""
        script = self.folder / "vote.sql"
        script.write_text(ONE_VOTE.format(poll=poll))
        script.chmod(0o644)
        said = self.run("pgbench", "-h", self.folder, "-U", "postgres", "-n", "-c", 16, "-j", 2,
                        "-M", "prepared", "-T", seconds, "-f", script, "pollux")
        return float(re.search(r"^tps = ([0-9.]+)", said, re.MULTILINE).group(1))

    def stop(self):
        self.rig.end(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)


def family_ns(pid):
    """Processor time of a process and of those that it has started."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
    with contextlib.suppress(FileNotFoundError):
        return cpu_ns(pid) + sum(family_ns(int(p)) for p in children.read_text().split())
    return 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_redis(rig):
    """One that keeps nothing; its URL."""
    port = free_port()
    rig.start(["redis-server", "--port", port, "--save", "", "--appendonly", "no"],
              rig.server_cpus, cwd=rig.folder, stdout=subprocess.DEVNULL)
    until("Redis listens", lambda: rig.listens(port))
    return f"redis://127.0.0.1:{port}/0"


class Node(Pollux):
    """A process of the cluster."""

    def __init__(self, rig, postgres, redis):
        port = free_port()
        folder = rig.new_folder("node")
        (folder / "address").write_text(f"127.0.0.1:{port}")
        os.environ.update(POLLUX_POSTGRES_DSN=postgres.dsn, POLLUX_REDIS_URL=redis,
                          POLLUX_JWT_SECRET=SECRET)
        with open(folder.with_suffix(".log"), "wb") as log:
            process = rig.start([rig.build / "pollux", "serve", "--profile", "cluster",
                                 "--server-port", port, "--server-loops",
                                 len(rig.server_cpus), "--data-dir", folder, *NO_LIMITS],
                                rig.server_cpus, stdout=log, stderr=log)
        super().__init__(rig, process, folder, register=False)


def make_polls(postgres, node):
    """One by HTTP, the others as copies of its rows."""
    node.owner = node.call("POST", "/api/auth/register",
                           {"username": "bench", "email": "bench@example.org",
                            "password": "correct horse battery"})["token"]
    hot = node.poll("How fast?")
    for table, key in (("polls", "id"), ("results", "poll_id")):
        columns = postgres.sql(
            "SELECT string_agg(column_name, ', ') FROM information_schema.columns"
            f" WHERE table_name = '{table}' AND column_name <> '{key}'")
        postgres.sql(f"INSERT INTO {table} ({key}, {columns}) SELECT n, {columns}"
                     f" FROM {table}, generate_series({hot + 1}, {hot + POLLS}) n"
                     f" WHERE {key} = {hot}")
    postgres.sql("INSERT INTO poll_log (kind, id) SELECT 'poll-added', n"
                 f" FROM generate_series({hot + 1}, {hot + POLLS}) n")
    return hot


def round_of_votes(rig, postgres, node, polls, seconds=3):
    tokens = node.tokens(60_000 * (seconds + 1))
    threads, theirs = threads_ns(node.pid), postgres.cpu_ns()
    counted = "SELECT sum(total) FROM results"
    before = int(postgres.sql(counted))
    result = rig.load(node, CONNECTIONS, "VOTE", *[f"/api/polls/{p}/vote" for p in polls],
                      seconds=seconds, options=["--tokens", tokens])
    n = result["statuses"].get("201", 0)
    stored = int(postgres.sql(counted)) - before
    if stored != n or set(result["statuses"]) != {"201"}:
        raise Failed(f"{n} votes accepted, {stored} stored: {result['statuses']}")
    if result["exhausted"]:
        raise Failed("more tokens are needed")
    after = threads_ns(node.pid)
    result["ours"] = sum(after[name] - threads[name] for name in after) / 1e3 / n
    result["theirs"] = (postgres.cpu_ns() - theirs) / 1e3 / n
    return result


def votes_row(rig, postgres, node, what, polls, poll_of_pgbench, target, rounds):
    ours, one = [], []
    round_of_votes(rig, postgres, node, polls, seconds=1)
    for _ in range(rounds):
        one.append(postgres.one_by_one(poll_of_pgbench, 3))
        ours.append(round_of_votes(rig, postgres, node, polls))
    ratio = Spread(a["perSecond"] / b for a, b in zip(ours, one))
    met = "met" if ratio.median >= target else "**missed**"
    return [what, Spread(a["perSecond"] for a in ours).text(0), Spread(one).text(0),
            ratio.text(1), f"≥ {target}: {met}", Spread(a["p50"] for a in ours).text(0),
            Spread(a["p99"] for a in ours).text(0), f"{Spread(a['ours'] for a in ours).median:.1f}",
            f"{Spread(a['theirs'] for a in ours).median:.1f}"]


def watch_row(rig, hot, nodes, rounds=60):
    """From a vote at one process to the last of 2,000 watchers at the other."""
    here, there = nodes
    watch = Watch(rig, there, 2_000, f"/ws/polls/{hot}", "--publish",
                  f"/api/polls/{hot}/vote", "--tokens", here.tokens(rounds + 1),
                  "--publish-at", here.address)
    last = sorted(watch.ask("publish")["lastMs"] for _ in range(rounds))
    watch.leave()
    p99 = last[min(rounds - 1, int(rounds * 0.99))]
    return [f"{last[rounds // 2]:.1f}", f"{p99:.1f}",
            f"≤ 60: {'met' if p99 <= 60 else '**missed**'}"]


def measure(rig, table, say, rounds=5):
    if not PROGRAMS:
        raise Failed("there is no PostgreSQL here: script/bootstrap installs it")
    postgres = Postgres(rig)
    try:
        redis = start_redis(rig)
        nodes = [Node(rig, postgres, redis)]
        hot = make_polls(postgres, nodes[0])
        nodes.append(Node(rig, postgres, redis))
        say("cluster: votes spread over 10,000 polls")
        spread = votes_row(rig, postgres, nodes[0], "spread over 10,000 polls",
                           range(hot + 1, hot + 1 + POLLS),
                           f"random({hot + 1}, {hot + POLLS})", 5, rounds)
        say("cluster: votes on one poll")
        one = votes_row(rig, postgres, nodes[0], "one hot poll", [hot], hot, 15, rounds)
        settle(nodes[0].pid)
        say("cluster: 2,000 watchers on another process")
        watched = watch_row(rig, hot, nodes)
    finally:
        postgres.stop()
    return table(["votes", "votes/s", "one transaction a vote", "ratio", "target", "p50 ms",
                  "p99 ms", "Pollux µs a vote", "PostgreSQL µs a vote"], [spread, one]) + \
        "\n\n" + table(["from a vote to the last of 2,000 watchers elsewhere, p50 ms", "p99 ms",
                        "target"], [watched])
