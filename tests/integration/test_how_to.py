"""The how-to pages do what they say: every command of theirs runs, in order, with the steps on pages done between."""

import http.client
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.ports import free_port

import b2shift.interact

PAGES = Path(__file__).parents[2] / "docs" / "how-to"
ORDER = (
    "criar-pessoas",
    "usar-a-api",
    "exportar-um-segmento",
    "ligar-um-bi",
    "ligar-um-modelo",
    "acrescentar-uma-fonte",
    "acrescentar-uma-metrica",
    "declarar-unidades",
    "voltar-versao",
    "escrever-uma-regra",
    "enviar-mensagens",
    "desenhar-uma-jornada",
    "atender-um-titular",
    "rodar-toda-noite",
)
pytestmark = pytest.mark.slow


@dataclass
class Desk:
    """Where the commands run: a folder with `entrega/` and a home after its first run, and a port for the server."""

    folder: Path
    port: int
    more: dict[str, str] = field(default_factory=dict)

    def follow(self, page: str, blocks: slice = slice(None)) -> str:
        """Run the page's commands as one script that stops at the first failure; what they printed."""
        text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
        script = "\n".join(re.findall(r"^```bash\n(.*?)^```", text, re.DOTALL | re.MULTILINE)[blocks])
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script.replace("8000", str(self.port))],
            cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=1200, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{page}: {done.stdout[-3000:]}"
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        """The product on the path and its home, and nothing of the test's own database."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        home = str(self.folder / "b2shift-home")
        settings = {"DJANGO_SETTINGS_MODULE": "b2shift.web.config.settings", "COLUMNS": "200"}
        return {**os.environ, **settings, "PATH": path, "B2SHIFT_HOME": home, **self.more}


class Browser:
    """A person at the pages, without a picture of them."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, SimpleCookie()

    def ask(self, path: str, form: dict[str, str | list[str]] | None = None, page: str = "") -> str:
        """A page, or the answer to a form of it, or of another `page`, sent with its token."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        headers = {"Cookie": "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())}
        body = None
        if form is not None:
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.ask(page or path))
            assert token
            headers = {"Cookie": "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())}
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({**form, "csrfmiddlewaretoken": token[1]}, doseq=True)
        connection.request("POST" if form is not None else "GET", path, body, headers)
        answer = connection.getresponse()
        for told in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.load(told)
        text = answer.read().decode()
        connection.close()
        assert answer.status in {200, 302}, f"{path}: {answer.status} {text[-500:]}"
        return text


def secret(page: str) -> str:
    """What a page shows once."""
    told = re.search(r"data-copy-text[^>]*>([^<]+)</code>", page)
    assert told
    return unescape(told[1]).strip()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, demo_drop: Path, demo_home: Path) -> Iterator[Desk]:
    """A desk whose server, started by the first page, ends with the tests."""
    folder = tmp_path_factory.mktemp("how-to")
    shutil.copytree(demo_drop, folder / "entrega")
    shutil.copytree(demo_home, folder / "b2shift-home")
    yield Desk(folder, free_port())
    if (started := folder / "servidor.pid").exists():
        os.kill(int(started.read_text()), signal.SIGTERM)


def test_every_page_is_followed_here() -> None:
    without = [page for page in ORDER if "```bash" not in (PAGES / f"{page}.md").read_text(encoding="utf-8")]
    assert without == ["ligar-um-modelo"], "it has no command: what it says is tested by the pages of questions"
    assert {page.stem for page in PAGES.glob("*.md")} == {"README", *ORDER}
    linked = re.findall(r"\]\(([\w-]+)\.md\)", (PAGES / "README.md").read_text(encoding="utf-8"))
    assert tuple(linked) == ORDER


def test_the_pages_do_what_they_say(desk: Desk) -> None:
    told = desk.follow("criar-pessoas")
    password = re.search(r"administrador@demo\.example\s+(?:\S.*\s)?(\S+)\s*$", told, re.MULTILINE)
    assert password, told
    token = person_with_a_key(desk.port, password[1])
    desk.more["B2SHIFT_TOKEN"] = token

    desk.follow("usar-a-api")
    customers = (desk.folder / "clientes.json").read_text(encoding="utf-8")
    assert customers.count('"customer_id"') == 10
    assert '"/api/v1/customers"' in (desk.folder / "api.json").read_text(encoding="utf-8")

    desk.follow("exportar-um-segmento")
    assert len((desk.folder / "segmentos.csv").read_text(encoding="utf-8").splitlines()) == 301
    assert '"customer_id"' in (desk.folder / "membros.json").read_text(encoding="utf-8")

    desk.follow("ligar-um-bi")
    assert (desk.folder / "estrela" / "model.bim").is_file()

    desk.follow("acrescentar-uma-fonte")
    rejected = (desk.folder / "rejeitadas.csv").read_text(encoding="utf-8")
    assert "NAOHA9" in rejected

    versions = desk.follow("voltar-versao")
    assert re.search(r"\b2\b.*atual", versions)
    assert "Régua sem defeitos" in desk.follow("escrever-uma-regra")
    written, product = desk.folder / "minha-regua.yaml", Path(b2shift.interact.__file__).parent / "policy/default.yaml"
    assert written.read_text(encoding="utf-8").count("- id:") == product.read_text(encoding="utf-8").count("- id:") + 1
    with closing(sqlite3.connect(desk.folder / "b2shift-home" / "records.sqlite3")) as records:
        rules = records.execute("SELECT count(*) FROM crm_contactrule WHERE rule_id = 'minha.queda_de_uso'").fetchone()
    assert rules == (1,), "the next run evaluates it"
    assert "0 enviadas." in desk.follow("enviar-mensagens")
    journey = desk.follow("desenhar-uma-jornada", slice(-1))
    assert "Renovação: " in journey
    proposed = re.search(r"renovacao, versão 1: espera aprovação em (\S+)/\.", journey)
    assert proposed, journey
    served = (desk.folder / "servidor.log").read_text(encoding="utf-8")
    manager = re.search(r"gestor@demo\.example\s+(?:\S.*\s)?(\S+)\s*$", served, re.MULTILINE)
    assert manager, served
    approved_on_the_page(desk.port, manager[1], f"{proposed[1]}/")
    assert "Pausada. Desfechos: nenhum." in desk.follow("desenhar-uma-jornada", slice(-1, None))
    assert "base legal" in desk.follow("atender-um-titular").casefold()
    assert "ainda não rodou" in desk.follow("rodar-toda-noite")


def approved_on_the_page(port: int, password: str, path: str) -> None:
    """What the page between says: a second person signs in, opens the version and says yes."""
    person = Browser(port)
    person.ask("/entrar/", {"username": "gestor@demo.example", "password": password})
    person.ask(f"{path}resposta/", {"answer": "approve"}, page=path)


def person_with_a_key(port: int, administrators_password: str) -> str:
    """What the pages between say: an administrator creates an analyst, who changes the password and makes a key."""
    administrator = Browser(port)
    administrator.ask("/entrar/", {"username": "administrador@demo.example", "password": administrators_password})
    made = administrator.ask(
        "/pessoas/nova/",
        {"name": "Ana Lima", "email": "ana@empresa.example", "role": "analyst", "is_active": "on",
         "vendor_user_id": "", "business_unit": ""},
    )  # fmt: skip
    once, own = secret(made), "uma frase só da Ana"
    person = Browser(port)
    person.ask("/entrar/", {"username": "ana@empresa.example", "password": once})
    person.ask("/senha/", {"old_password": once, "new_password1": own, "new_password2": own})
    key = person.ask("/chaves/", {"name": "planilha", "scopes": ["customers:read", "segments:read"], "days": "30"})
    return secret(key)
