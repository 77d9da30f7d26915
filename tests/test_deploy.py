"""The files for containers are what their schemas and our own rules ask. No container runs here: that they start is not tested."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

yaml = pytest.importorskip("yaml", reason="the extra links, with pyyaml, is not installed")

HARDENED = {
    "automountServiceAccountToken": False,
    "securityContext.runAsNonRoot": True,
    "securityContext.seccompProfile.type": "RuntimeDefault",
}
"""What each pod says."""
CONTAINED = {
    "securityContext.allowPrivilegeEscalation": False,
    "securityContext.readOnlyRootFilesystem": True,
    "securityContext.capabilities.drop": ["ALL"],
}
"""What each container of a pod says."""
SERVICE = {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"], "user": "10001:10001"}
"""What each service of Compose says."""
PINNED = re.compile(r"[a-z0-9./-]+:v?[0-9]+\.[0-9]+\.[0-9]+(?:-[a-z0-9-]+)?")
# No more than the name of a variable, or an empty default.
SECRET = re.compile(r"password|token|secret", re.IGNORECASE)


@pytest.fixture
def deploy(checkout: Path) -> Path:
    return checkout / "deploy"


@pytest.fixture
def compose(deploy: Path) -> dict[str, Any]:
    loaded = yaml.safe_load((deploy / "compose.yaml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@pytest.fixture
def manifests(deploy: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((deploy / "kubernetes.yaml").read_text(encoding="utf-8")))


def at(node: Any, path: str) -> Any:
    for step in path.split("."):
        node = node.get(step) if isinstance(node, dict) else None
    return node


def pods(manifests: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for manifest in manifests:
        if spec := at(manifest, "spec.template.spec"):
            yield f"{manifest['kind']} {manifest['metadata']['name']}", spec


def test_compose_is_valid(deploy: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(deploy / "compose.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_kubernetes_is_valid(manifests: list[dict[str, Any]]) -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate, of the extra dev, is not installed")
    assert len(manifests) >= 7
    for manifest in manifests:
        validate.validate(manifest, "1.30", strict=True)


def test_compose_keeps_our_rules(compose: dict[str, Any]) -> None:
    assert len(compose["services"]) >= 3
    for name, service in compose["services"].items():
        assert {key: service.get(key) for key in SERVICE} == SERVICE, name
        assert PINNED.fullmatch(service["image"]), name
        assert at(service, "deploy.resources.limits.cpus"), name
        assert at(service, "deploy.resources.limits.memory"), name
        assert service["healthcheck"].get("test") or service["healthcheck"] == {"disable": True}, name
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), name
        for variable, value in service.get("environment", {}).items():
            assert not SECRET.search(variable) or value == f"${{{variable}:-}}", name
    assert compose["services"]["comity"]["healthcheck"]["test"]
    assert compose["networks"]["inside"] == {"internal": True}


def test_kubernetes_keeps_our_rules(manifests: list[dict[str, Any]]) -> None:
    found = dict(pods(manifests))
    assert len(found) >= 3
    for name, spec in found.items():
        assert {path: at(spec, path) for path in HARDENED} == HARDENED, name
        assert at(spec, "securityContext.runAsUser") >= 10000, name
        for container in spec["containers"]:
            assert {path: at(container, path) for path in CONTAINED} == CONTAINED, name
            assert PINNED.fullmatch(container["image"]), name
            for kind in ("requests", "limits"):
                assert set(container["resources"][kind]) == {"cpu", "memory"}, name
            assert name.startswith("Job ") or {"readinessProbe", "livenessProbe"} <= set(container), name
            for variable in container.get("env", ()):
                assert not SECRET.search(variable["name"]) or "secretKeyRef" in variable["valueFrom"], name
    assert not any(manifest["kind"] == "Secret" for manifest in manifests)


def test_both_say_the_same(compose: dict[str, Any], manifests: list[dict[str, Any]]) -> None:
    there = {c["name"]: (c["image"], c["args"]) for _, spec in pods(manifests) for c in spec["containers"]}
    here = {name: (service["image"], service["command"]) for name, service in compose["services"].items()}
    assert there == {"oxigraph" if name == "store" else name: said for name, said in here.items()}


def test_the_commands_are_comity_s(compose: dict[str, Any]) -> None:
    import click

    from comity import cli

    for name in ("load", "comity"):
        word, *arguments = compose["services"][name]["command"]
        command = cli.cli.commands.get(word)
        if command is None and word == "serve":
            pytest.skip("comity serve is not there yet")
        with click.Context(cli.cli) as context:
            command.make_context(word, list(arguments), parent=context)


def test_the_image_is_pinned_and_not_root_s(deploy: Path) -> None:
    lines = (deploy / "Dockerfile").read_text(encoding="utf-8").splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]
    assert len(bases) == 2
    assert all(PINNED.fullmatch(base) for base in bases)
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["10001:10001"]
    assert any(line.startswith("HEALTHCHECK ") for line in lines)
    assert not any(line.startswith("ADD ") or SECRET.search(line) for line in lines)
