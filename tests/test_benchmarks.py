"""The benchmarks run, and what they compare is equal. How long anything takes is not tested."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def test_inference(tmp_path: Path, checkout: Path) -> None:
    out = tmp_path / "inference.json"
    script = checkout / "benchmarks" / "inference.py"
    options = ["--sizes", "500", "--repeats", "1", "--engines", "compiled", "store", "reasonable", "--sample", "10", "--json", str(out)]
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    done = subprocess.run([sys.executable, str(script), *options], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    report = json.loads(out.read_text(encoding="utf-8"))
    (size,) = report["sizes"]
    rows = size["engines"]
    assert size["quads"] >= 500
    assert rows["compiled"]["derived"] > 100
    assert rows["store"]["equal"]
    assert rows["store"]["missing"] == rows["store"]["added"] == {}
    assert rows["store"]["derived"] == rows["compiled"]["derived"]
    if "reasonable" in rows:
        # It has no property chains; should that change, say so in the script's description.
        assert rows["reasonable"]["missing"].keys() >= {"level"}
        assert not rows["reasonable"]["added"]
    else:
        assert "reasonable left out" in done.stderr
    for row in rows.values():
        assert row.keys() >= {"wall", "cpu", "peak_mb", "derived", "equal", "owlrl_to_cpu"}
    edition = report["edition"]
    assert edition["derived"] > 10_000
    assert edition["proofs"] == 10
    assert 0 < edition["proof_ms_median"] <= edition["proof_ms_95"] <= edition["proof_ms_max"]
    assert "own edition:" in done.stdout
    assert report["kept"]["derived"] == edition["derived"]
    assert "from the kept store" in done.stdout


def test_comparison(tmp_path: Path, checkout: Path) -> None:
    ours, theirs = tmp_path / "ours.nt", tmp_path / "theirs.nt"
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    cy = "https://w3id.org/comity/ontology#"
    ours.write_text(f"<urn:a> {kind} <{cy}State>\n<urn:a> <{cy}level> <urn:b>\n", encoding="utf-8")
    theirs.write_text(f"<urn:a> {kind} <{cy}Body>\n<urn:a> <{cy}level> <urn:b>\n", encoding="utf-8")
    script = checkout / "benchmarks" / "inference.py"
    done = subprocess.run(
        [sys.executable, str(script), "--child", "compare", str(ours), str(theirs)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == {"equal": False, "missing": {"Body": 1}, "added": {"State": 1}}


def test_validation(checkout: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    script = str(checkout / "benchmarks" / "validation.py")
    done = subprocess.run(
        [sys.executable, script, "--sizes", "500"], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    reference, compiled = (line.split("  ") for line in done.stdout.splitlines()[1:])
    assert (reference[1], compiled[1], compiled[-1]) == ("pyshacl", "compiled", "equal")
    assert reference[0] == compiled[0]


def test_stores(tmp_path: Path, checkout: Path) -> None:
    out = tmp_path / "stores.json"
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    command = [sys.executable, str(checkout / "benchmarks" / "stores.py"), "--sizes", "100", "--stores", "memory", "disk", "oxigraph"]
    done = subprocess.run([*command, "--json", str(out)], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    rows = json.loads(out.read_text(encoding="utf-8"))["100"]
    assert list(rows) == ["memory", "disk", "oxigraph"]
    assert all(row["quads"] >= 100 and row["derived"] > 20 and any(row["answers"]) for row in rows.values())
    assert "reopen" in rows["disk"]
    assert done.stdout.endswith("\nequal\n")
