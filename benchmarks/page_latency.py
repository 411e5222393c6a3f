"""Server time of the pages and the API with 20 people at once, on a served home.

    python -m benchmarks.page_latency http://127.0.0.1:8000 --email … --password … [--people 20] [--requests 60]
        [--pause 0.5]
    python -m benchmarks.page_latency http://127.0.0.1:8000 --email … --password … --ask  # questions
    python -m benchmarks.page_latency http://127.0.0.1:8000 --email … --password … --boards  # boards

Start it ten seconds after the server, whose workers by then opened the pages that many open first. Each person signs
in, then asks for one page after another, reading each for `--pause` seconds on average (0: never reads, the server is
always full). The figure is the time from the request to the last byte of the answer, measured by the client on the same
machine: it includes the wait behind the other people.
"""

import argparse
import http.client
import http.cookies
import random
import re
import statistics
import threading
import time
from urllib.parse import quote, urlencode, urlsplit

from benchmarks.answer_latency import QUESTIONS

NARROWED = ("", "?segmento=varejo", "?estado=sp", "?regiao=sudeste&porte=media", "?nps=promotor", "?periodo=12m")
WORDS = ("sao paulo", "comercio", "Industria", "99.0", "T1", "recife", "servicos", "aurora", "joão")


class Person:
    """One browser: a connection and its cookies."""

    def __init__(self, address: str, email: str, password: str) -> None:
        self.server = urlsplit(address).netloc
        self.connection = http.client.HTTPConnection(self.server, timeout=60)
        self.cookies: dict[str, str] = {}
        _, body = self.ask("/entrar/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)
        assert token, "no sign-in form"
        status, _ = self.ask(
            "/entrar/", urlencode({"username": email, "password": password, "csrfmiddlewaretoken": token.group(1)})
        )
        assert status == 302, "sign-in refused"

    def question(self, words: str) -> None:
        """Ask one question in the conversation; its answer arrives whole."""
        form = urlencode({"question": words, "csrfmiddlewaretoken": self.cookies["csrftoken"]})
        status, body = self.ask("/perguntar/resposta/", form, part=True)
        assert status == 200, (words, status)
        assert "data-turn" in body, words

    def ask(self, path: str, form: str | None = None, *, part: bool = False) -> tuple[int, str]:
        """Status and body of one request, with `part` of the list alone, as typing asks; 5xx stops the benchmark."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Host": self.server}
        if part:
            headers |= {"HX-Request": "true", "HX-Target": "list"}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://{self.server}/"}
        answer = self._answer("POST" if form is not None else "GET", path, form, headers)
        body = answer.read().decode()
        for told in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in http.cookies.SimpleCookie(told).items()}
        assert answer.status < 500, f"{path}: {answer.status}"
        return answer.status, body

    def _answer(self, method: str, path: str, form: str | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        """As a browser does: a connection that the server closed while nobody asked is opened again."""
        try:
            self.connection.request(method, path, form, headers)
            return self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.connection.close()
            self.connection.request(method, path, form, headers)
            return self.connection.getresponse()


def kinds(person: Person) -> dict[str, list[str]]:
    """Addresses to ask for, by kind; customers are those of the lists the person sees."""
    codes: list[str] = []
    for order in ("name", "-mrr", "-churn", "health"):
        codes += re.findall(r'href="/clientes/([0-9A-Z]{5,6})/', person.ask(f"/clientes/?sort={order}")[1])
    lists = [f"/clientes/?sort={order}" for order in ("name", "-mrr", "-churn", "health", "-overdue", "-due")]
    return {
        "customer page": [f"/clientes/{code}/" for code in sorted(set(codes))],
        "list": [*lists, "/clientes/?situation=ativo&sort=-mrr", "/clientes/?churn_band=alto"],
        "search": [f"/clientes/?q={quote(word)}" for word in WORDS],
        "due contacts": [f"/contatos-devidos/{asks}" for asks in ("", "?kind=retencao", "?sort=due_on", "?sort=-mrr")],
        "REST lists": [
            *(
                f"/api/v1/customers?{asks}"
                for asks in ("sort=name", "churn_band=alto&sort=-mrr", "state=SP&sort=-churn")
            ),
            *(f"/api/v1/proposals?{asks}" for asks in ("sort=-priority", "kind=retencao", "priority_min=70")),
        ],
    }


def boards(person: Person) -> dict[str, list[str]]:
    """Every board the person finds ready, whole and narrowed."""
    names = dict.fromkeys(re.findall(r'href="/painel/([a-z-]+)/', person.ask("/painel/")[1]))
    return {name: [f"/painel/{name}/{asks}" for asks in NARROWED] for name in names}


def measure(
    address: str, email: str, password: str, people: int, requests: int, pause: float, *, what: str
) -> dict[str, list[float]]:
    """Milliseconds of every request, by kind; `what` is pages, boards or questions."""
    first, questions = Person(address, email, password), what == "questions"
    wanted = {"answers": list(QUESTIONS)} if questions else boards(first) if what == "boards" else kinds(first)
    found: dict[str, list[float]] = {kind: [] for kind in wanted}
    guard = threading.Lock()

    # Everybody is in before the clock starts: a password is slow to check on purpose.
    everybody = [first, *(Person(address, email, password) for _ in range(people - 1))]

    def work(number: int) -> None:
        chance, person = random.Random(number), everybody[number]
        for turn in range(requests):
            kind = list(wanted)[(turn + number) % len(wanted)]
            path = chance.choice(wanted[kind])
            time.sleep(chance.expovariate(1 / pause) if pause else 0)
            started = time.perf_counter()
            if questions:
                person.question(path)
            else:
                person.ask(path, part=kind == "search")
            spent = 1000 * (time.perf_counter() - started)
            with guard:
                found[kind].append(spent)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def main() -> None:
    """Print a Markdown table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("address")
    asked.add_argument("--email", required=True)
    asked.add_argument("--password", required=True)
    asked.add_argument("--people", type=int, default=20)
    asked.add_argument("--requests", type=int, default=60)
    asked.add_argument("--pause", type=float, default=0.5)
    other = asked.add_mutually_exclusive_group()
    other.add_argument("--ask", dest="what", action="store_const", const="questions", help="questions instead of pages")
    other.add_argument("--boards", dest="what", action="store_const", const="boards", help="boards instead of pages")
    asked.set_defaults(what="pages")
    told = asked.parse_args()
    print("| | requests | median ms | p95 ms |\n|---|---|---|---|")
    figures = measure(told.address, told.email, told.password, told.people, told.requests, told.pause, what=told.what)
    for kind, spent in figures.items():
        print(
            f"| {kind} | {len(spent)} | {statistics.median(spent):.0f} | {statistics.quantiles(spent, n=20)[-1]:.0f} |"
        )


if __name__ == "__main__":
    main()
