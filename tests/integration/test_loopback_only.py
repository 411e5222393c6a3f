"""The whole demo where there is no network but loopback: it works, and nothing asks for an address outside.

`strace` sees every connection that any process or library asks for, whatever it is written in.
"""

import os
import re
import shutil
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ASKED = re.compile(
    r"sin6?_port=htons\((?P<port>\d+)\).*?(?:inet_addr\(\"(?P<four>[^\"]+)\"|inet_pton\(AF_INET6, \"(?P<six>[^\"]+)\")"
)
# Drop, loop, next actions, an answer, the pages, a worker; then the recovery journey with its peers.
DEMO = """
ip link set lo up
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
cd "$ROOT"
python -m tests.integration.journey_walk > "$OUT/walk.json"
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


@pytest.mark.slow
def test_the_demo_asks_for_nothing_outside(tmp_path: Path) -> None:
    if why := lacking():
        pytest.skip(why)
    hidden = ("DATABASE_URL", "B2SHIFT_HOME", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment |= {"PATH": path, "ROOT": str(ROOT), "OUT": str(tmp_path)}
    calls = "trace=connect,sendto,sendmsg,sendmmsg"
    watched = ["unshare", "--net", "strace", "-f", "--seccomp-bpf", "-qq", "-e", calls, "-o", str(tmp_path / "trace")]
    done = subprocess.run(
        [*watched, "bash", "-euo", "pipefail", "-c", DEMO],
        cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=2400,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    inside, outside = asked((tmp_path / "trace").read_text(encoding="utf-8", errors="replace"))
    assert outside == []
    assert len(inside) > 10, "the mail server, Slack's peer, the mailbox and the pages were asked on loopback"
    assert "aceitou" in (tmp_path / "walk.json").read_text(encoding="utf-8")
