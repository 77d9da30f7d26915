"""Hostile input is refused in one line, or taken; a process of its own would show a crash, which pytest could not."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from hostile import FILES, LONG_BUT_GOOD, OTHER, QUERIES, TAKEN
from targets import TARGETS, edition

from comity import api, cli, dataset
from comity.errors import ComityError, InputError, QueryError
from comity.limits import check_query
from comity.questions import load_question
from comity.validation.context import given_files


@pytest.mark.parametrize("name", FILES)
def test_files_are_refused_in_one_line(name: str, tmp_path: Path) -> None:
    file, make, says = FILES[name]
    path = tmp_path / file
    path.write_bytes(make())
    try:
        given_files([path])
    except InputError as error:
        line = str(error)
        assert line.isprintable()
        assert len(line) < 1000
        assert says in line
        assert str(file) in line
    else:
        assert not says, "it was taken"


@pytest.mark.parametrize("name", TAKEN)
def test_what_only_looks_like_it_is_taken(name: str, tmp_path: Path) -> None:
    file, make = TAKEN[name]
    path = tmp_path / file
    path.write_bytes(make())
    assert dataset.read_file(path)


#: Files that name something elsewhere: the address is put in.
ELSEWHERE = {
    "x.ttl": "<a:a> <http://www.w3.org/2002/07/owl#imports> <{0}> ; <a:b> 1 .",
    "x.owl": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:o="http://www.w3.org/2002/07/owl#" xml:base="{0}">'
    '<rdf:Description rdf:about="a"><o:imports rdf:resource="{0}"/></rdf:Description></rdf:RDF>',
    "y.rdf": '<!DOCTYPE r SYSTEM "{0}"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="a:"><rdf:Description '
    'rdf:about="a:a"><e:p>1</e:p></rdf:Description></rdf:RDF>',
    "z.rdf": '<!DOCTYPE r [<!ENTITY a SYSTEM "{0}">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&a;</rdf:RDF>',
    "x.jsonld": '{{"@context": "{0}", "a:p": "x"}}',
    "y.jsonld": '{{"@context": {{"@import": "{0}", "@version": 1.1}}, "a:p": "x"}}',
}


def test_reading_asks_nobody(tmp_path: Path) -> None:
    taken = 0
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        for name, text in ELSEWHERE.items():
            path = tmp_path / name
            path.write_text(text.format(address), encoding="utf-8")
            with contextlib.suppress(InputError):
                taken += bool(given_files([path]))
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert taken >= 2, "what only names an address is read"


@pytest.mark.parametrize("name", OTHER)
def test_other_input_is_refused_in_one_line(name: str) -> None:
    target, make, says = OTHER[name]
    with pytest.raises(ComityError) as error:
        TARGETS[target](make())
    line = str(error.value)
    assert says in line
    assert line.isprintable()
    assert len(line) < 1000
    assert error.value.exit_code in (2, 3)


@pytest.mark.parametrize("name", QUERIES)
def test_queries_are_refused_in_one_line(name: str) -> None:
    make, says = QUERIES[name]
    with pytest.raises(QueryError, match=says) as error:
        edition().query(make())
    assert str(error.value).isprintable()
    assert error.value.exit_code == 2
    assert error.value.line


@pytest.mark.parametrize("name", LONG_BUT_GOOD)
def test_long_queries_are_answered(name: str) -> None:
    check_query(LONG_BUT_GOOD[name]())
    edition().query(LONG_BUT_GOOD[name]())


# At the limits themselves, where a stack would overflow first: in a process of its own.
EDGES = [
    "'SELECT * { FILTER(' + '(' * 198 + '1' + ')' * 198 + ') }'",
    "'SELECT * ' + '{' * 200 + '}' * 200",
    "'SELECT * { FILTER(' + '!' * 1990 + 'true) }'",
    "'SELECT * { FILTER(1' + '+1' * 990 + ') }'",
    "'SELECT * { {} ' + 'UNION {} ' * 660 + ' }'",
    "'SELECT * { ' + 'FILTER(true) ' * 490 + ' }'",
]


def test_what_is_just_allowed_does_not_end_the_process() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from targets import edition\n"
        f"for query in [{', '.join(EDGES)}]: edition().query(query)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(Path(__file__).parent)], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr


NAMES = ["../../etc/passwd/x", "/etc/passwd/x", "status\x00", "..", "", "status/../status", "\u202estatus", "st\u200batus", "\udcff"]
#: Where a name is put; none of these needs the edition to be opened.
PLACES = {
    "question": lambda name: ["ask", name],
    "view": lambda name: ["--view", name, "stats"],
    "query file": lambda name: ["query", f"@{name}"],
    "format": lambda name: ["questions", "--format", name],
    "output": lambda name: ["questions", "-o", name],
}


@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.parametrize("place", PLACES)
def test_names_lead_nowhere_else(place: str, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(view: str, **_options: object) -> NoReturn:
        dataset.known_view(view)
        pytest.fail("the name was taken")

    monkeypatch.setattr(api, "open", opened)
    with pytest.raises(SystemExit) as ended:
        cli.main(PLACES[place](name))
    said = capsys.readouterr().err
    assert ended.value.code in (2, 3), said
    assert "internal error" not in said
    assert "root:" not in said
    assert all(line.isprintable() for line in said.splitlines())


def test_a_question_is_only_what_is_in_its_folder() -> None:
    for name in ("../queries/status", "./status", "status.rq", "/etc/hostname"):
        with pytest.raises(ComityError):
            load_question(name)
