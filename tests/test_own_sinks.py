"""Sinks of the user: in the configuration they are heeded, and `twlint rules test` runs their examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command import Twlint

SINKS = """
kinds:
  - {id: acme-token, name: Acme token, severity: high}
calls:
  - callables: [acme.sdk.Client]
    order: [url, token]
    arguments: {token: acme-token}
attributes:
  - {attributes: [acme.api_key], kind: acme-token}
examples:
  - text: |
      from acme.sdk import Client
      Client("https://acme.example.test", "{secret}")
    secret: [q8Zt3Lw9, Xr2Vb7Nc4Md1Kp6]
    kind: acme-token
  - text: |
      from acme.sdk import Client
      Client("https://acme.example.test", os.environ["ACME"])
"""
VALUE = "q8Zt3Lw9" + "Xr2Vb7Nc4Md1Kp6"
CALL = f'import acme.sdk\nx = "{VALUE}"\nacme.sdk.Client("https://acme.example.test", x)\n'


@pytest.fixture
def configured(project: Path) -> Path:
    """A project with sinks of its own."""
    (project / "sinks.yaml").write_text(SINKS)
    (project / ".twlint.yaml").write_text("sinks: [sinks.yaml]\n")
    (project / "a.py").write_text(CALL)
    return project


def test_a_call_of_the_users_own_is_known(configured: Path, twlint: Twlint) -> None:
    (finding,) = twlint.json("--no-history")["findings"]
    assert (finding["rule"], finding["location"]["line"]) == ("hardcoded-credential-known-client", 2)
    assert "argument token of acme.sdk.Client" in finding["evidence"]
    (configured / ".twlint.yaml").unlink()
    assert twlint.json("--no-history")["findings"] == []


def test_sinks_that_do_not_load_end_the_scan(configured: Path, twlint: Twlint) -> None:
    (configured / "sinks.yaml").write_text("calls:\n  - callables: [acme.Client]\n    arguments: {token: acme}\n")
    done = twlint("scan", "--no-history")
    assert done.returncode == 2
    assert "unknown kind `acme`" in done.stderr
    assert "sinks.yaml:2" in done.stderr


def test_examples_of_sinks_are_run(configured: Path, twlint: Twlint) -> None:
    done = twlint("rules", "test", "sinks.yaml")
    assert (done.returncode, done.stdout) == (0, "1 file of sinks, 2 examples, 0 failures\n")


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("order: [url, token]", "order: [token, url]", "expected acme-token at bytes"),
        ("kind: acme-token\n  - text", "kind: password\n  - text", "expected password at bytes"),
    ],
)
def test_an_example_that_is_not_found_fails(
    written: str, instead: str, told: str, configured: Path, twlint: Twlint
) -> None:
    file = configured / "sinks.yaml"
    assert written in file.read_text()
    file.write_text(file.read_text().replace(written, instead))
    done = twlint("rules", "test", "sinks.yaml")
    assert done.returncode == 1
    assert told in done.stdout
    assert VALUE not in done.stdout


def test_an_example_without_a_place_for_its_secret_is_a_fault(configured: Path, twlint: Twlint) -> None:
    (configured / "sinks.yaml").write_text("examples:\n  - {text: x = 1, secret: [a, b]}\n")
    done = twlint("rules", "test", "sinks.yaml")
    assert done.returncode == 2
    assert "needs {secret} once" in done.stderr
