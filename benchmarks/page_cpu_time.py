"""Processor milliseconds of one page in one process, warm: robust beside a busy machine.

    python -m benchmarks.page_cpu_time HOME [--kind "customer page"] [--pages 50] [--rounds 3] [--save FOLDER]
        [--profile FILE]

Each page passes the whole application (middleware, session, view, template) as its person signed in. The figure is the
time this process spent on the processor, user and system, in all its threads: of each page the least of its rounds,
since neighbours on the same processor only ever make it longer. The first pass over the pages is told apart. `--save`
keeps what each page says, so that two releases can be compared byte by byte.
"""

import argparse
import cProfile
import hashlib
import os
import re
import statistics
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

WORDS = ("sao paulo", "comercio", "Industria", "99.0", "T1", "recife", "servicos", "aurora", "joão")
NARROWED = ("", "?segmento=varejo", "?estado=sp", "?regiao=sudeste&porte=media", "?nps=promotor", "?periodo=12m")
EXECUTIVE, MANAGER = "executivo@demo.example", "gestor@demo.example"


def browsers() -> dict[str, Any]:
    """A signed-in client for each person looked through."""
    from django.test import Client

    from b2shift.web.accounts.models import User

    found = {}
    for email in (EXECUTIVE, MANAGER):
        found[email] = Client(SERVER_NAME="localhost")
        found[email].force_login(User.objects.get(email=email))
    return found


def kinds(browser: Any, pages: int) -> dict[str, list[str]]:
    """Addresses by kind; customers spread over those of the lists the person sees."""
    codes: list[str] = []
    for order in ("name", "-mrr", "-churn", "health"):
        body = browser.get(f"/clientes/?sort={order}").content.decode()
        codes += re.findall(r'href="/clientes/([0-9A-Z]{5,6})/', body)
    codes = sorted(set(codes))
    lists = [f"/clientes/?sort={order}" for order in ("name", "-mrr", "-churn", "health", "-overdue", "-due")]
    boards = dict.fromkeys(re.findall(r'href="/painel/([a-z-]+)/', browser.get("/painel/").content.decode()))
    return {
        "customer page": [f"/clientes/{code}/" for code in codes[:: max(1, len(codes) // pages)]][:pages],
        "list": [*lists, "/clientes/?situation=ativo&sort=-mrr", "/clientes/?churn_band=alto"],
        "search": [f"/clientes/?q={quote(word)}" for word in WORDS],
        "due contacts": [f"/contatos-devidos/{asks}" for asks in ("", "?kind=retencao", "?sort=due_on", "?sort=-mrr")],
        **{f"board {name}": [f"/painel/{name}/{asks}" for asks in NARROWED] for name in boards},
    }


def ask(browser: Any, kind: str, path: str) -> bytes:
    """What a page says; search asks for the list alone, as typing does."""
    part = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "list"} if kind == "search" else {}
    answer = browser.get(path, **part)
    assert answer.status_code == 200, (path, answer.status_code)
    return bytes(answer.content)


def spent(browser: Any, kind: str, path: str) -> float:
    """Milliseconds of processor of one request."""
    started = time.process_time()
    ask(browser, kind, path)
    return 1000 * (time.process_time() - started)


def main() -> None:
    """Print a Markdown table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("home", type=Path)
    asked.add_argument("--kind", default="")
    asked.add_argument("--pages", type=int, default=50)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--save", type=Path)
    asked.add_argument("--profile", type=Path)
    told = asked.parse_args()
    os.environ |= {"B2SHIFT_HOME": str(told.home.resolve()), "DJANGO_SETTINGS_MODULE": "b2shift.web.config.settings"}
    import django

    django.setup()
    print("| | person | pages | first ms | again ms | most ms |\n|---|---|---|---|---|---|")
    for email, browser in browsers().items():
        for kind, paths in kinds(browser, told.pages).items():
            if told.kind not in kind:
                continue
            first = [spent(browser, kind, path) for path in paths]
            profile = cProfile.Profile()
            if told.profile:
                profile.enable()
            rounds = [[spent(browser, kind, path) for path in paths] for _ in range(told.rounds)]
            if told.profile:
                profile.disable()
                profile.dump_stats(told.profile)
            if told.save:
                _save(told.save, browser, kind, paths, email)
            least = [min(times) for times in zip(*rounds, strict=True)]
            line = [kind, email.partition("@")[0], str(len(paths)), f"{statistics.median(first):.0f}"]
            print(f"| {' | '.join(line)} | {statistics.median(least):.1f} | {max(least):.1f} |", flush=True)


def _save(folder: Path, browser: Any, kind: str, paths: list[str], email: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        body = ask(browser, kind, path)
        body = re.sub(rb'(csrfmiddlewaretoken" value="|"X-CSRFToken": ")[^"]+', rb"\1", body)
        name = hashlib.sha1(f"{email} {path}".encode()).hexdigest()[:12]
        (folder / f"{name}.html").write_bytes(f"<!-- {email} {path} -->\n".encode() + body)


if __name__ == "__main__":
    main()
