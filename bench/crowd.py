"""Crowds of clients that are not all quick, over plain sockets: a hall of newcomers behind
one address, and followers that read slowly or not at all."""

import asyncio
import base64
import json
import os
import pathlib
import random
import re
import socket
import struct
import subprocess
import threading
import time
from urllib.parse import urlsplit

from rig import Failed

# a hall -----------------------------------------------------------------------------------


class Line:
    """One connection of a browser, kept open between requests."""

    def __init__(self, address):
        self.host, port = address.split(":")
        self.port, self.reader, self.writer = int(port), None, None

    async def ask(self, method, path, body=None, cookie=None):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        text = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}",
                 f"Accept-Encoding: {'identity' if path.startswith('/p/') else 'gzip, br'}"]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(text)}",
                      f"Origin: http://{self.host}:{self.port}"]
        if cookie:
            lines.append(f"Cookie: {cookie}")
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + text)
        return await self.answer()

    async def answer(self):
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {}
        for line in head[1:]:
            name, _, value = line.partition(": ")
            headers.setdefault(name.lower(), value)
        length = int(headers.get("content-length", 0))
        body = await self.reader.readexactly(length) if length else b""
        if headers.get("connection", "").lower() == "close":
            self.close()
        return int(head[0].split()[1]), headers, body

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.writer = None


class Newcomer:
    """What the page of one browser asks for, from the poll's address to the vote."""

    def __init__(self, server, poll, tally):
        self.server, self.poll, self.tally = server, poll, tally
        self.lines = [Line(server.address) for _ in range(2)]
        self.live = None

    async def patiently(self, line, *words, **options):
        """As the page does: who is told to wait waits, with jitter, and asks again."""
        while True:
            status, headers, body = await line.ask(*words, **options)
            if status not in (429, 503):
                return status, headers, body
            self.tally[status] = self.tally.get(status, 0) + 1
            await asyncio.sleep(int(headers["retry-after"]) * random.uniform(1, 1.5))

    async def load_page(self):
        status, _, page = await self.patiently(self.lines[0], "GET", f"/p/{self.poll}")
        if status != 200:
            raise Failed(f"GET /p/{self.poll}: {status}")
        files = re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css|svg|woff2|webmanifest))"',
                           page.decode())

        async def fetch(line, some):
            for path in some:
                status, _, _ = await self.patiently(line, "GET", path)
                if status != 200:
                    raise Failed(f"GET {path}: {status}")
        await asyncio.gather(*(fetch(line, files[i::2])
                               for i, line in enumerate(self.lines)))

    async def follow(self):
        self.live = Line(self.server.address)
        host = f"{self.live.host}:{self.live.port}"
        self.live.reader, self.live.writer = await asyncio.open_connection(
            self.live.host, self.live.port)
        self.live.writer.write(upgrade("/ws", host))
        head = await self.live.reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head:
            raise Failed(f"GET /ws: {head[:40]!r}")
        self.live.writer.write(masked(json.dumps(
            {"type": "track", "polls": [self.poll]}).encode()))

    async def vote(self):
        status, headers, body = await self.patiently(
            self.lines[0], "POST", "/api/auth/guest", body={})
        if status != 201:
            raise Failed(f"joining: {status} {body[:200]!r}")
        cookie = headers["set-cookie"].split(";")[0]
        status, _, body = await self.patiently(
            self.lines[0], "POST", f"/api/polls/{self.poll}/vote",
            body={"optionIndex": random.randrange(4)}, cookie=cookie)
        if status != 201:
            raise Failed(f"the vote: {status} {body[:200]!r}")

    async def come(self):
        await self.load_page()
        status, _, body = await self.patiently(self.lines[1], "GET",
                                               f"/api/polls/{self.poll}")
        if status != 200:
            raise Failed(f"the poll: {status} {body[:200]!r}")
        await self.follow()
        await self.vote()

    def leave(self):
        for line in [*self.lines, self.live]:
            if line is not None:
                line.close()


async def hall_of(server, poll, n):
    """When each of n newcomers, who all come in the same moment, has voted; and how often
    they were told to wait."""
    tally, start, voted = {}, time.monotonic(), []
    crowd = [Newcomer(server, poll, tally) for _ in range(n)]

    async def one(newcomer):
        await newcomer.come()
        voted.append(time.monotonic() - start)
    await asyncio.gather(*(one(newcomer) for newcomer in crowd))
    for newcomer in crowd:
        newcomer.leave()
    return sorted(voted), tally


# followers --------------------------------------------------------------------------------


def upgrade(path, host):
    key = base64.b64encode(os.urandom(16)).decode()
    return (f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n").encode()


def masked(text):
    """A text frame of a client; a mask of zeros changes nothing."""
    size = bytes([0x80 | len(text)]) if len(text) < 126 else \
        b"\xfe" + struct.pack(">H", len(text))
    return b"\x81" + size + bytes(4) + text


def followers(server, polls, n, receive_buffer=0):
    """Sockets that follow those polls, and have read nothing but the handshake."""
    host, port = urlsplit(f"//{server.address}").hostname, int(server.address.split(":")[1])
    sockets = []
    for _ in range(n):
        s = socket.socket()
        if receive_buffer:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        s.connect((host, port))
        s.sendall(upgrade("/ws", server.address)
                  + masked(json.dumps({"type": "track", "polls": polls}).encode()))
        while not s.recv(4096, socket.MSG_PEEK).endswith(b"\r\n\r\n"):
            if b"\r\n\r\n" in s.recv(4096, socket.MSG_PEEK):
                break
        sockets.append(s)
    return sockets


def kernel_bytes():
    """What all TCP sockets of this machine hold."""
    for line in pathlib.Path("/proc/net/sockstat").read_text().splitlines():
        if line.startswith("TCP:"):
            words = line.split()
            return int(words[words.index("mem") + 1]) * os.sysconf("SC_PAGE_SIZE")
    raise Failed("/proc/net/sockstat has no TCP")


def sent_buffers(server):
    """What each of the server's sockets holds for its client, in bytes (ss -m: w)."""
    port = server.address.split(":")[1]
    text = subprocess.run(["ss", "-tmnH", "state", "established", "sport", "=", f":{port}"],
                          capture_output=True, text=True, check=True).stdout
    return [int(n) for n in re.findall(r"skmem:\([^)]*,w(\d+),", text)] or [0]


class Frames:
    """Text messages out of what a slow reader takes."""

    def __init__(self, sock):
        self.sock, self.have, self.started = sock, b"", False

    def take(self, n):
        """At most n more bytes: the messages that they complete."""
        self.have += self.sock.recv(n)
        if not self.started:
            head, found, rest = self.have.partition(b"\r\n\r\n")
            if not found:
                return []
            self.have, self.started = rest, True
        messages = []
        while True:
            size, at = self.have[1] & 127 if len(self.have) > 1 else 0, 2
            if size == 126 and len(self.have) >= 4:
                size, at = struct.unpack(">H", self.have[2:4])[0], 4
            if len(self.have) < 2 or (at == 2 and size == 126) or len(self.have) < at + size:
                return messages
            if self.have[0] & 15 == 1:
                messages.append(json.loads(self.have[at:at + size]))
            self.have = self.have[at + size:]


class Votes(threading.Thread):
    """Votes one after the other on all polls, so that their states change all the time;
    remembers when each version came to be, as far as an answer tells."""

    def __init__(self, server, polls, tokens):
        super().__init__(daemon=True)
        self.server, self.polls, self.ended = server, polls, threading.Event()
        self.tokens = [line.split()[1] for line in tokens.read_text().splitlines()]
        self.born = {poll: {} for poll in polls}

    def run(self):
        host, port = self.server.address.split(":")
        with socket.create_connection((host, int(port))) as line:
            file = line.makefile("rb")
            for token in self.tokens:
                for poll in self.polls:
                    if self.ended.is_set():
                        return
                    body = b'{"optionIndex":0}'
                    line.sendall((f"POST /api/polls/{poll}/vote HTTP/1.1\r\nHost: x\r\n"
                                  f"Authorization: Bearer {token}\r\n"
                                  f"Content-Type: application/json\r\n"
                                  f"Content-Length: {len(body)}\r\n\r\n").encode() + body)
                    length = 0
                    while (head := file.readline()) != b"\r\n":
                        if head.lower().startswith(b"content-length:"):
                            length = int(head.split(b":")[1])
                    results = json.loads(file.read(length)).get("results")
                    if results:
                        self.born[poll][results["version"]] = time.monotonic()

    def end(self):
        self.ended.set()
        self.join()


def read_slowly(sock, votes, bytes_a_second, seconds):
    """How old, in seconds, each state was when such a reader had it."""
    frames, ages, start, taken = Frames(sock), [], time.monotonic(), 0
    while (now := time.monotonic()) < start + seconds:
        due = int((now - start) * bytes_a_second) - taken
        if due < 64:
            time.sleep(0.005)
            continue
        for message in frames.take(due):
            age = state_age(votes.born.get(message.get("pollId"), {}), message)
            if age is not None:
                ages.append((time.monotonic() - start, age))
        taken += due
    return ages


def state_age(born, message):
    """Since there was a newer one; 0 for the newest."""
    newer = born.get(message.get("version", 0) + 1)
    return time.monotonic() - newer if newer else 0.0
