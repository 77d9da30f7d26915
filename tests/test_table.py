from __future__ import annotations

import copy
import csv
import datetime as dt
import io
import json
import pickle
import sys
from decimal import Decimal

import pyoxigraph as ox
import pytest

from comity.errors import MissingExtra
from comity.store.contract import Solutions
from comity.table import BlankId, Column, Iri, Table, Text, cell_of, literal_cell, term_of
from comity.textgrid import cell_width, draw, wrap

CHN = Iri("https://w3id.org/comity/id/state/CHN")
PAK = Iri("https://w3id.org/comity/id/state/PAK")
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture
def table() -> Table:
    return Table(
        [
            Column("state", "iri", "The State."),
            Column("stateLabel", "string", "Its name."),
            Column("since", "date", "First day."),
            Column("members", "integer", "How many.", "person"),
            Column("share", "decimal", "A share."),
            Column("active", "boolean"),
        ],
        [
            (CHN, "China, 中国", dt.date(2001, 6, 15), 3, Decimal("1.50"), True),
            (PAK, 'a "quoted"\nname', None, None, None, None),
        ],
        title="States",
    )


def typed(value: str, name: str) -> ox.Literal:
    return ox.Literal(value, datatype=ox.NamedNode(XSD + name))


# -- the table itself --------------------------------------------------------------------------------------------------


def test_reading(table):
    assert len(table) == 2
    assert [row.state for row in table] == [CHN, PAK]
    assert table[0]["since"] == table[0].since == table[0][2] == dt.date(2001, 6, 15)
    assert table[0].asdict()["share"] == Decimal("1.50")
    assert [row.members for row in table[0:1]] == [3]
    assert table.column("active") == (True, None)
    assert isinstance(table[0].state, str)
    assert repr(table) == "<Table of 2 rows: state, stateLabel, since, members, share, active>"
    assert table == copy.deepcopy(table) == pickle.loads(pickle.dumps(table))
    assert hash(table) == hash(copy.copy(table))
    assert table != Table(table.columns, table.rows[:1])


def test_a_column_may_be_called_as_a_tuple_method():
    [row] = Table(["count", "index", "class"], [(1, 2, 3)])
    assert (row.count, row.index, row["class"]) == (1, 2, 3)


def test_misuse_is_refused(table):
    with pytest.raises(AttributeError, match="cannot be changed"):
        table.rows = ()
    with pytest.raises(AttributeError, match="cannot be changed"):
        del table.columns
    with pytest.raises(TypeError):
        table[0][0] = CHN
    with pytest.raises(KeyError, match="no column 'x'; columns: state"):
        table.column("x")
    with pytest.raises(KeyError, match="no column 'x'"):
        table[0]["x"]
    with pytest.raises(AttributeError, match="no column 'x'"):
        _ = table[0].x
    with pytest.raises(ValueError, match="row 0 has 2 cells, the table has 1 columns"):
        Table(["a"], [(1, 2)])
    with pytest.raises(ValueError, match="two columns have the same name"):
        Table(["a", "a"], [])


# -- terms and cells ---------------------------------------------------------------------------------------------------

TERMS = [
    (ox.NamedNode("http://example.org/a"), Iri("http://example.org/a")),
    (ox.BlankNode("b"), BlankId("b")),
    (ox.Literal("text"), "text"),
    (ox.Literal("texte", language="fr"), Text("texte", language="fr")),
    (typed("5", "integer"), 5),
    (typed("-5", "nonPositiveInteger"), -5),
    (typed("1.50", "decimal"), Decimal("1.50")),
    (typed("1.5e0", "double"), 1.5),
    (typed("INF", "double"), float("inf")),
    (typed("true", "boolean"), True),
    (typed("0", "boolean"), False),
    (typed("2001-06-15", "date"), dt.date(2001, 6, 15)),
    (typed("2001-06-15T10:00:00Z", "dateTime"), dt.datetime(2001, 6, 15, 10, tzinfo=dt.UTC)),
    (None, None),
]


@pytest.mark.parametrize(("term", "cell"), TERMS, ids=[str(term) for term, _ in TERMS])
def test_cells_of_terms(term, cell):
    made = cell_of(term)
    assert (made, type(made)) == (cell, type(cell))
    again = term_of(made)
    assert cell_of(again) == cell
    if term is not None and "nonPositive" not in str(term) and getattr(term, "value", "") != "0":
        assert type(again) is type(term)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("2001-02-30", "date"),
        ("2001-06-15Z", "date"),
        ("12001-06-15", "date"),
        ("2001", "gYear"),
        ("five", "integer"),
        ("1e5", "decimal"),
        ("yes", "boolean"),
        ("x", "double"),
        ("2001-06-15T25:00:00", "dateTime"),
    ],
)
def test_a_literal_without_python_value_keeps_its_datatype(value, name):
    cell = literal_cell(value, XSD + name)
    assert isinstance(cell, Text)
    assert (cell, cell.datatype) == (value, XSD + name)
    assert term_of(cell) == typed(value, name)


def test_column_types_follow_from_terms():
    rows = [
        (
            ox.NamedNode("a:b"),
            typed("1", "integer"),
            typed("1", "integer"),
            ox.Literal("x"),
            None,
            typed("2001", "gYear"),
        ),
        (ox.BlankNode(), typed("1.5", "decimal"), ox.Literal("x"), ox.Literal("y", language="de"), None, None),
    ]
    table = Table.from_terms(["a", "b", "c", "d", "e", "f"], rows)
    assert [column.type for column in table.columns] == ["iri", "decimal", "any", "string", "string", "any"]
    assert table.column("b") == (Decimal(1), Decimal("1.5"))
    assert all(isinstance(cell, Decimal) for cell in table.column("b"))
    assert table.terms() == tuple(rows)


def test_results_of_every_kind_of_query():
    ask = Table.from_solutions(Solutions("ask", boolean=False))
    assert (ask.kind, [tuple(row) for row in ask]) == ("ask", [(False,)])
    triple = ox.Triple(ox.NamedNode("a:a"), ox.NamedNode("a:b"), ox.Literal("c"))
    graph = Table.from_solutions(Solutions("construct", triples=(triple,)))
    assert graph.kind == "construct"
    assert [column.name for column in graph.columns] == ["subject", "predicate", "object"]
    assert graph.terms() == ((triple.subject, triple.predicate, triple.object),)
    select = Table.from_solutions(Solutions("select", ("x",), ((ox.Literal("c"),),)))
    assert select[0].x == "c"


# -- data formats ------------------------------------------------------------------------------------------------------


def test_csv_is_the_w3c_form(table):
    text = table.to_csv()
    assert text.startswith("state,stateLabel,since,members,share,active\r\n")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["state", "stateLabel", "since", "members", "share", "active"],
        [CHN, "China, 中国", "2001-06-15", "3", "1.50", "true"],
        [PAK, 'a "quoted"\nname', "", "", "", ""],
    ]


def test_tsv_is_the_w3c_form(table):
    assert table.to_tsv() == (
        "?state\t?stateLabel\t?since\t?members\t?share\t?active\n"
        f'<{CHN}>\t"China, 中国"\t"2001-06-15"^^<{XSD}date>\t3\t1.50\t"true"^^<{XSD}boolean>\n'
        f'<{PAK}>\t"a \\"quoted\\"\\nname"\t\t\t\t\n'
    )


def test_tsv_agrees_with_oxigraph():
    sparql = """SELECT ?a ?b ?c WHERE { VALUES (?a ?b ?c) {
        (<http://example.org/a> "x\\ty"@en 1) ("q\\"\\\\" UNDEF 1.5) ("1e5" 1.0e5 true) } }"""
    found = ox.Store().query(sparql)
    names = [variable.value for variable in found.variables]
    ours = Table.from_terms(names, [[row[name] for name in names] for row in found])
    theirs = ox.parse_query_results(ours.to_tsv().encode(), format=ox.QueryResultsFormat.TSV)
    assert [[row[name] for name in names] for row in theirs] == [list(row) for row in ours.terms()]


def test_json_both_ways(table):
    document = json.loads(table.to_json())
    assert document["columns"][3] == {"name": "members", "type": "integer", "meaning": "How many.", "unit": "person"}
    assert document["rows"][0] == {
        "state": CHN,
        "stateLabel": "China, 中国",
        "since": "2001-06-15",
        "members": 3,
        "share": 1.5,
        "active": True,
    }
    assert document["rows"][1]["since"] is None
    again = Table.from_json(table.to_json())
    assert again == table
    assert [type(cell) for row in again for cell in row] == [type(cell) for row in table for cell in row]
    assert Table.from_json(Table(["a"], []).to_json()) == Table(["a"], [])


def test_decimals_stay_exact_in_json():
    table = Table([Column("x", "decimal")], [(Decimal("0.1000000000000000000001"),)])
    assert "0.1000000000000000000001" in table.to_json()
    assert Table.from_json(table.to_json()) == table


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"columns": [{}], "rows": []}', '{"columns": [{"name": "a", "type": "b"}], "rows": []}']
)
def test_other_json_is_refused(text):
    with pytest.raises(ValueError, match=r"not a table|unknown column type"):
        Table.from_json(text)
    with pytest.raises(ValueError, match="not SPARQL results"):
        Table.from_sparql_json(text)


def test_sparql_json_both_ways_and_read_by_oxigraph(table):
    text = table.to_sparql_json()
    again = Table.from_sparql_json(text)
    assert [tuple(row) for row in again] == [tuple(row) for row in table]
    assert again.terms() == table.terms()
    theirs = ox.parse_query_results(text.encode(), format=ox.QueryResultsFormat.JSON)
    names = [column.name for column in table.columns]
    assert [tuple(row[name] for name in names) for row in theirs] == list(table.terms())


def test_sparql_json_keeps_terms_exactly():
    terms = [(ox.Literal("a", language="en-GB"), typed("2001", "gYear"), ox.BlankNode("n"), typed("5", "short"))]
    table = Table.from_terms(["a", "b", "c", "d"], terms)
    assert Table.from_sparql_json(table.to_sparql_json()).terms() == tuple(terms)
    assert json.loads(Table.from_boolean(True).to_sparql_json()) == {"head": {}, "boolean": True}
    assert Table.from_sparql_json('{"head": {}, "boolean": false}') == Table.from_boolean(False)


# -- for reading -------------------------------------------------------------------------------------------------------


def test_text_hides_iris_behind_their_labels(table):
    assert table.to_text(80) == (
        "States\n\n"
        "state        since       members (person)  share  active\n"
        "───────────  ──────────  ────────────────  ─────  ──────\n"
        "China, 中国  2001-06-15                 3   1.50  yes\n"
        "\n"
        'a "quoted"\n'
        "name\n"
        "(2 rows)\n"
    )
    shown = table.to_text(100, iris=True)
    assert "state:CHN" in shown
    assert "stateLabel" in shown


def test_text_without_rows_or_label():
    columns = [Column("x", "iri"), Column("xLabel", "string")]
    assert Table(columns, []).to_text(80) == "x\n─\n(no rows)\n"
    assert "state:CHN" in Table(columns, [(CHN, None)]).to_text(80)
    assert Table(["a"], [(1,)]).to_text(80).endswith("(1 row)\n")


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
def test_text_fits_the_terminal(width):
    words = "Convention for the Suppression of Unlawful Acts 制止危及海上航行安全非法行为公约 اتفاقية قمع"
    table = Table(
        ["a", "b", "c"],
        [(words, "https://example.org/a/very/long/iri/that/has/no/spaces", "short"), (words * 3, "x", 5)],
    )
    assert max(map(cell_width, table.to_text(width).splitlines())) <= width
    flat = "".join(table.to_text(width).split())
    assert sum(flat.count(character) for character in "制止") >= 8


def test_text_cannot_steer_the_terminal():
    shown = Table(["a"], [("red\x1b[31m\x07\u2028x",)]).to_text(80)
    assert "\\x1b[31m\\x07" in shown
    assert all(character.isprintable() or character == "\n" for character in shown)


def test_widths_and_wrapping():
    assert [cell_width(text) for text in ("abc", "中国", "e\u0301", "a\u200db", "اتفاقية")] == [3, 4, 1, 2, 7]
    assert wrap("aa bb cc", 5) == ["aa bb", "cc"]
    assert wrap("中国人民", 5) == ["中国", "人民"]
    assert wrap("abcdefgh", 3) == ["abc", "def", "gh"]
    assert wrap("", 5) == [""]
    assert wrap("a\n\nb ", 5) == ["a", "", "b"]
    assert wrap("ab   ", 2) == ["ab"]
    assert draw(["h"], [["x"]], [False], 80) == "h\n─\nx\n"


def test_markdown_links_names_and_escapes(table):
    assert table.to_markdown().splitlines() == [
        "| state | since | members | share | active |",
        "| --- | --- | ---: | ---: | --- |",
        f"| [China, 中国](<{CHN}>) | 2001-06-15 | 3 | 1.50 | yes |",
        f'| [a "quoted"<br>name](<{PAK}>) |  |  |  |  |',
    ]
    assert r"\|" in Table(["a"], [("x|y",)]).to_markdown()
    assert r"\<b\>" in Table(["a"], [("<b>",)]).to_markdown()


def test_html_links_names_and_escapes(table):
    shown = table._repr_html_()
    assert f'<td><a href="{CHN}">China, 中国</a></td>' in shown
    assert "<caption>States</caption>" in shown
    assert '<th title="How many. (person)">members</th>' in shown
    hostile = Table(["a", Column("b", "iri")], [("<script>", Iri("javascript:alert(1)"))])._repr_html_()
    assert "<script>" not in hostile
    assert "href" not in hostile


# -- data frames -------------------------------------------------------------------------------------------------------


def test_pandas(table):
    pytest.importorskip("pandas", reason="the extra pandas is not installed")
    frame = table.to_pandas()
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        "state": "string",
        "stateLabel": "string",
        "since": "datetime64[s]",
        "members": "Int64",
        "share": "Float64",
        "active": "boolean",
    }
    assert frame.attrs["columns"]["members"] == {"type": "integer", "meaning": "How many.", "unit": "person"}
    assert frame["since"].dt.year[0] == 2001
    assert frame.isna().sum().tolist() == [0, 0, 1, 1, 1, 1]
    assert frame["members"].sum() == 3


def test_polars(table):
    pl = pytest.importorskip("polars", reason="the extra polars is not installed")
    frame = table.to_polars()
    assert frame.schema == {
        "state": pl.String,
        "stateLabel": pl.String,
        "since": pl.Date,
        "members": pl.Int64,
        "share": pl.Decimal(38, 2),
        "active": pl.Boolean,
    }
    assert frame.rows() == [tuple(row) for row in table]


def test_arrow(table):
    pa = pytest.importorskip("pyarrow", reason="the extra arrow is not installed")
    arrow = table.to_arrow()
    assert [str(field.type) for field in arrow.schema] == [
        "string",
        "string",
        "date32[day]",
        "int64",
        "decimal128(38, 2)",
        "bool",
    ]
    assert arrow.schema.field("members").metadata == {b"type": b"integer", b"meaning": b"How many.", b"unit": b"person"}
    assert arrow.to_pylist() == [row.asdict() for row in table]
    assert isinstance(arrow, pa.Table)


@pytest.mark.parametrize("name", ["to_pandas", "to_polars", "to_arrow"])
def test_frames_of_other_types_and_of_nothing(name):
    pytest.importorskip({"to_arrow": "pyarrow"}.get(name, name[3:]), reason="the extra is not installed")
    columns = [Column("at", "datetime"), Column("x", "double"), Column("any", "any"), Column("date", "date")]
    rows = [
        (dt.datetime(1648, 10, 24, tzinfo=dt.UTC), 1.5, Text("2001", datatype=XSD + "gYear"), dt.date(1648, 10, 24)),
        (None,) * 4,
    ]
    frame = getattr(Table(columns, rows), name)()
    assert frame.shape == (2, 4)
    assert getattr(Table(columns, []), name)().shape == (0, 4)


@pytest.mark.parametrize("name", ["to_pandas", "to_polars", "to_arrow"])
@pytest.mark.parametrize(
    ("kind", "number", "text"),
    [
        ("integer", 2**63, "9223372036854775808"),
        ("integer", 2**63 - 1, None),
        ("decimal", Decimal("1234567890123456789.12345678901234567890"), "1234567890123456789.12345678901234567890"),
        ("decimal", Decimal("1.5"), None),
    ],
)
def test_numbers_that_no_frame_holds_are_text(name, kind, number, text):
    pytest.importorskip({"to_arrow": "pyarrow"}.get(name, name[3:]), reason="the extra is not installed")
    frame = getattr(Table([Column("x", kind)], [(number,), (None,)]), name)()
    first = frame["x"][0]
    assert (first.as_py() if name == "to_arrow" else first) == (text or number)


@pytest.mark.parametrize(
    ("name", "module", "extra"),
    [("to_pandas", "pandas", "pandas"), ("to_polars", "polars", "polars"), ("to_arrow", "pyarrow", "arrow")],
)
def test_a_missing_extra_says_how_to_get_it(table, monkeypatch, name, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match=rf"pip install 'comity\[{extra}\]'"):
        getattr(table, name)()
