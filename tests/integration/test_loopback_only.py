"""The whole demo where there is no network but loopback: it works, and nothing asks for an address outside.

`strace` sees every connection that any process or library asks for, whatever it is written in.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

import pytest
from tests.integration.test_recovery import walked

ROOT = Path(__file__).parents[2]
ASKED = re.compile(
    r"sin6?_port=htons\((?P<port>\d+)\).*?(?:inet_addr\(\"(?P<four>[^\"]+)\"|inet_pton\(AF_INET6, \"(?P<six>[^\"]+)\")"
)
# Drop, loop, next actions, an answer, the pages, a worker.
DEMO = """
b2shift demo drop --customers 80
b2shift run drop --home home --json > run.json
b2shift policy next --home home --json > next.json
b2shift ask "quantos clientes ativos?" --home home > answer.txt
b2shift worker --home home --once
b2shift serve --home home --port 8123 --demo-people > served.txt 2>&1 &
server=$!
python - <<'PYTHON'
import time, urllib.request
until, page = time.monotonic() + 600, ""
while not page and time.monotonic() < until:
    try:
        page = urllib.request.urlopen("http://127.0.0.1:8123/entrar/", timeout=60).read().decode()
    except OSError:
        time.sleep(0.5)
assert "username" in page, "the pages did not come up"
PYTHON
kill $server
wait $server || true
"""


def lacking() -> str:
    """What this machine does not offer; nothing when the demo can be watched here."""
    for name in ("unshare", "strace", "ip"):
        if not shutil.which(name):
            return f"{name} is not installed"
    probe = ["unshare", "--net", "strace", "-f", "-o", os.devnull, "ip", "link", "set", "lo", "up"]
    done = subprocess.run(probe, capture_output=True, text=True, timeout=20, check=False)
    return "" if done.returncode == 0 else f"no network namespace of one's own here: {done.stderr.strip()[:120]}"


def asked(trace: str) -> tuple[list[str], list[str]]:
    """The addresses that connections and datagrams were asked for: those on loopback, those outside."""
    inside, outside = list[str](), list[str]()
    for found in ASKED.finditer(trace):
        address = ip_address(found["four"] or found["six"])
        (inside if address.is_loopback else outside).append(f"{address}:{found['port']}")
    return inside, outside


def test_an_address_outside_is_recognised() -> None:
    trace = (
        '7 connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("10.1.2.3")}, 16) = -1 ENETUNREACH\n'
        '7 connect(3, {sa_family=AF_INET, sin_port=htons(25), sin_addr=inet_addr("127.0.0.1")}, 16) = 0\n'
        "7 connect(4, {sa_family=AF_INET6, sin6_port=htons(53), sin6_flowinfo=htonl(0), "
        'inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = -1 ENETUNREACH\n'
        '7 sendto(5, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("8.8.8.8")}, 16) = 1\n'
        '7 connect(3, {sa_family=AF_UNIX, sun_path="/run/nscd"}, 110) = -1 ENOENT\n'
    )
    assert asked(trace) == (["127.0.0.1:25"], ["10.1.2.3:443", "2001:db8::1:53", "8.8.8.8:53"])


def watched(script: str, folder: Path) -> tuple[str, list[str]]:
    """What a script prints where there is only loopback, and the addresses it asked for; none was outside."""
    hidden = ("DATABASE_URL", "B2SHIFT_HOME", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    paths = f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    calls, trace = "trace=connect,sendto,sendmsg,sendmmsg", folder / "trace"
    command = ["unshare", "--net", "strace", "-f", "--seccomp-bpf", "-qq", "-e", calls, "-o", str(trace)]
    done = subprocess.run(
        [*command, "bash", "-euo", "pipefail", "-c", f"ip link set lo up\n{script}"],
        cwd=folder, env=environment | {"PATH": path, "PYTHONPATH": paths}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=2400, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    inside, outside = asked(trace.read_text(encoding="utf-8", errors="replace"))
    assert outside == []
    return done.stdout, inside


@pytest.mark.slow
def test_the_demo_asks_for_nothing_outside(tmp_path: Path) -> None:
    if why := lacking():
        pytest.skip(why)
    assert watched(DEMO, tmp_path)[1], "the pages were asked on loopback"


@pytest.mark.slow
def test_the_recovery_journey_runs_to_its_outcome_though_workers_are_killed(tmp_path: Path) -> None:
    """Entry from the lake, approvals by Slack buttons, e-mail and task, reply, a person's outcome; four kills.

    Where connections can be watched, the mail server, Slack's peer and the mailbox are all it asks for.
    """
    if lacking():
        told = walked("tests.integration.journey_walk")
    else:
        printed, inside = watched("python -m tests.integration.journey_walk", tmp_path)
        assert len(set(inside)) >= 3, "the mail server, the peer of Slack and the mailbox"
        told = json.loads(printed)
    assert told == {
        "pressed": [
            "Recuperar detratores: Reconhecer e perguntar: na saída.",
            "Recuperar detratores: Ligar para o cliente: na saída.",
        ],
        "mails": 1,
        "alerts": 2,
        "tasks": 1,
        "drafts": 2,
        "reply_on_page": True,
        "journey_on_page": True,
        "outcomes": ["aceitou", "respondeu"],
        "states": [["email", "sent"], ["slack", "sent"], ["slack", "sent"], ["telefone", "sent"]],
        "stay": ["10024", "detrator", "aceitou", True, "detrator", "promotor"],
        "story": [
            "entrou carta",
            "pediu carta",
            "seguiu ligar",
            "pediu ligar",
            "seguiu ouvir",
            "ouviu ouvir",
            "seguiu o_que_disse",
            "seguiu esperar_pessoa",
            "ouviu esperar_pessoa",
            "seguiu como_ficou",
            "seguiu reconquistado",
            "terminou reconquistado",
        ],
    }
