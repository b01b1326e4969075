"""`twlint baseline` and `--baseline`, as users meet them: in repositories, in hooks, after merges."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests import git_repositories
from tests.invented import aws_key_id, github_token, password, slack_token
from tests.scans import call, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command import Result, Twlint
    from tests.git_repositories import Repository

NAME = ".twlint-baseline"
USED = ("--baseline", NAME)


@pytest.fixture
def repository(project: Path) -> Repository:
    """A repository with a token and a password in one file, and a token that is only in the history."""
    repository = git_repositories.create(project)
    repository.commit({"old.py": f"t = '{github_token(9)}'\n", "read me.txt": "x\n"})
    repository.commit({"old.py": None, "app/a.py": f"t = '{github_token()}'\n{_url(password())}\n"})
    return repository


def _url(word: str) -> str:
    return f"db = 'postgres://app:{word}@db.acme.io/main'"


def _created(twlint: Twlint, *options: str) -> Result:
    result = call(twlint, "baseline", "create", *options)
    assert result.returncode == 0, result.stderr
    return result


def _lines(folder: Path) -> list[str]:
    """The entries of the baseline."""
    lines = (folder / NAME).read_text().splitlines()
    return [line for line in lines if not line.startswith(("#", "key "))]


def _found(result: Result, status: str = "new") -> set[str]:
    return {each["secret"]["value"] for each in result.report["findings"] if each["status"] == status}


def _notices(result: Result) -> str:
    notices: list[str] = result.report["notices"]
    return "\n".join(notices)


def test_what_is_accepted_is_reported_as_such_and_does_not_count(twlint: Twlint, repository: Repository) -> None:
    assert run(twlint).returncode == 1
    _created(twlint, "--reason", "revoked in March")

    result = run(twlint, *USED)

    assert result.returncode == 0
    findings = result.report["findings"]
    assert {each["status"] for each in findings} == {"baselined"}
    assert {each["status_reason"] for each in findings} == {"revoked in March"}
    assert _found(result, "baselined") == {github_token(), github_token(9), password()}
    assert sum(result.report["summary"].values()) == 0


def test_the_file_is_sorted_and_holds_no_secret_no_place_of_the_machine_and_no_line(
    twlint: Twlint, repository: Repository
) -> None:
    _created(twlint)
    written = (repository.path / NAME).read_bytes()

    for secret in (github_token(), github_token(9), password()):
        for hashed in (hashlib.sha1, hashlib.sha256, hashlib.md5, hashlib.blake2b):
            assert hashed(secret.encode()).hexdigest()[:16].encode() not in written
        assert secret[4:].encode() not in written
    assert str(repository.path).encode() not in written
    lines = _lines(repository.path)
    assert lines == sorted(lines)
    assert sorted(line.split(" ", 1)[1] for line in lines) == [
        "database-url tree app/a.py not yet judged",
        "github-personal-access-token history old.py not yet judged",
        "github-personal-access-token tree app/a.py not yet judged",
    ]


def test_the_file_itself_is_not_a_finding(twlint: Twlint, repository: Repository) -> None:
    _created(twlint)
    assert run(twlint, "--no-history", NAME, "--min-confidence", "low").returncode == 0


def test_the_text_report_says_how_many_are_accepted(twlint: Twlint, repository: Repository) -> None:
    _created(twlint)
    assert "No findings; 3 baselined." in call(twlint, "scan", *USED).stdout


def test_another_secret_in_the_same_place_is_reported(twlint: Twlint, repository: Repository) -> None:
    _created(twlint)
    repository.commit({"app/a.py": f"t = '{github_token(1)}'\n{_url(password(1))}\n"})

    result = run(twlint, *USED)

    assert result.returncode == 1
    assert _found(result) == {github_token(1), password(1)}
    assert _found(run(twlint, "--no-history", *USED)) == {github_token(1), password(1)}


def test_a_copy_is_reported_and_a_renamed_file_is_not(twlint: Twlint, repository: Repository) -> None:
    _created(twlint)
    repository.git("mv", "app/a.py", "b.py")
    assert run(twlint, "--no-history", *USED).returncode == 0
    repository.commit()
    assert run(twlint, *USED).returncode == 0

    call(twlint, "baseline", "update")
    repository.write({"app/a.py": f"t = '{github_token()}'\n", "copy.py": f"{_url(password())}\n"})
    assert _found(run(twlint, "--no-history", *USED)) == {password()}


def test_a_new_file_in_the_place_of_a_renamed_one_ends_the_rename(twlint: Twlint, repository: Repository) -> None:
    _created(twlint)
    repository.git("mv", "app/a.py", "b.py")
    repository.write({"app/a.py": "empty = 1\n"})

    assert _found(run(twlint, "--no-history", *USED)) == {github_token(), password()}


def test_what_was_only_in_the_history_and_comes_back_elsewhere_is_reported(
    twlint: Twlint, repository: Repository
) -> None:
    _created(twlint)
    repository.write({"new.py": f"t = '{github_token(9)}'\n"})

    assert _found(run(twlint, "--no-history", *USED)) == {github_token(9)}


@pytest.mark.parametrize("name", ["a b.py", 'q"uo\\te.py', "lin\nes.py", b"by\xfftes.py", "wörter.py", "#.py"])
def test_any_path_can_be_accepted(name: str | bytes, twlint: Twlint, project: Path) -> None:
    (project / os.fsdecode(name)).write_text(f"t = '{github_token()}'\n")
    _created(twlint)

    assert len(_lines(project)) == 1
    assert run(twlint, *USED).returncode == 0


def test_entries_that_match_nothing_are_told_and_removed(twlint: Twlint, project: Path) -> None:
    for seed in range(8):
        (project / f"{seed}.py").write_text(f"t = '{github_token(seed)}'\n")
    _created(twlint)
    for seed in range(7):
        (project / f"{seed}.py").unlink()

    result = run(twlint, *USED)
    assert result.returncode == 0
    assert f"{NAME}: the entry of github-personal-access-token at " in _notices(result)
    assert "and 2 more entries match nothing" in _notices(result)

    updated = call(twlint, "baseline", "update")
    assert updated.returncode == 0
    assert updated.stdout.count("removed: ") == 7
    assert len(_lines(project)) == 1
    assert not _notices(run(twlint, *USED))


@pytest.mark.parametrize(
    "options",
    [["--no-history"], ["--staged"], ["--since", "HEAD~1"], ["--select", "aws"], ["app"], ["--exclude", "old.py"]],
)
def test_a_scan_of_less_does_not_say_that_the_rest_matches_nothing(
    options: list[str], twlint: Twlint, repository: Repository
) -> None:
    _created(twlint)
    assert "matches nothing" not in _notices(run(twlint, *options, *USED))


def test_an_entry_of_a_rule_that_is_no_more_is_told(twlint: Twlint, project: Path) -> None:
    (project / "a.py").write_text(f"t = '{github_token()}'\n")
    _created(twlint)
    file = project / NAME
    file.write_text(file.read_text().replace("github-personal-access-token", "github-former-token"))

    result = run(twlint, *USED)

    assert result.returncode == 1
    assert "github-former-token at a.py matches nothing" in _notices(result)


def test_an_update_follows_renames_keeps_reasons_and_accepts_nothing_new(
    twlint: Twlint, repository: Repository
) -> None:
    _created(twlint, "--reason", "known")
    repository.git("mv", "app/a.py", "b.py")
    repository.commit({"c.py": f"t = '{slack_token()}'\n"})

    assert call(twlint, "baseline", "update").returncode == 0

    assert sorted(line.split(" ", 1)[1] for line in _lines(repository.path)) == [
        "database-url history app/a.py known",
        "database-url tree b.py known",
        "github-personal-access-token history app/a.py known",
        "github-personal-access-token history old.py known",
        "github-personal-access-token tree b.py known",
    ]
    assert _found(run(twlint, *USED)) == {slack_token()}
    call(twlint, "baseline", "update", "--add", "--reason", "the new one")
    assert run(twlint, *USED).returncode == 0
    assert next(line for line in _lines(repository.path) if "slack" in line).endswith("tree c.py the new one")


def test_an_update_twice_changes_nothing_more(twlint: Twlint, repository: Repository) -> None:
    _created(twlint)
    repository.git("mv", "app/a.py", "b.py")
    repository.commit()
    call(twlint, "baseline", "update")
    first = (repository.path / NAME).read_bytes()

    call(twlint, "baseline", "update")

    assert (repository.path / NAME).read_bytes() == first


def test_a_part_of_a_repository_does_not_update_the_whole(twlint: Twlint, repository: Repository) -> None:
    _created(twlint)
    before = (repository.path / NAME).read_bytes()

    result = call(twlint, "baseline", "update", "app")

    assert result.returncode == 2
    assert "top of a repository" in result.stderr
    assert (repository.path / NAME).read_bytes() == before


def test_an_incomplete_scan_changes_nothing(twlint: Twlint, repository: Repository) -> None:
    """The history of a renamed file cannot be read: its entry would follow the file and leave the history."""
    _created(twlint)
    before = (repository.path / NAME).read_bytes()
    old = repository.tip("HEAD:app/a.py")
    repository.git("mv", "app/a.py", "b.py")
    repository.commit({"b.py": f"# moved\nt = '{github_token()}'\n"})
    (loose,) = [file for file in git_repositories.loose_objects(repository) if file.parent.name + file.name == old]
    git_repositories.flip(loose, loose.stat().st_size // 2)

    assert call(twlint, "baseline", "update").returncode == 3
    assert (repository.path / NAME).read_bytes() == before


def test_a_baseline_is_not_made_over_another(twlint: Twlint, repository: Repository) -> None:
    _created(twlint)
    before = (repository.path / NAME).read_bytes()

    result = call(twlint, "baseline", "create")

    assert result.returncode == 2
    assert "update --add" in result.stderr
    assert (repository.path / NAME).read_bytes() == before


def test_what_thresholds_and_comments_leave_out_is_not_accepted(twlint: Twlint, project: Path) -> None:
    comment = "# twlint" + ": ignore[github-personal-access-token] a test"
    (project / "a.py").write_text(f"t = '{github_token()}'  {comment}\nk = '{slack_token()}'\n")

    _created(twlint, "--min-severity", "critical")

    assert _lines(project) == []


@pytest.mark.parametrize("command", [["scan"], ["hook"], ["baseline", "update"]])
def test_a_baseline_that_is_not_there_is_told(command: list[str], twlint: Twlint, repository: Repository) -> None:
    result = call(twlint, *command, "--baseline", "absent")

    assert result.returncode == 2
    assert "absent: there is no such baseline; `twlint baseline create`" in result.stderr


def test_a_baseline_that_is_a_link_is_not_read(twlint: Twlint, project: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("key " + "0" * 32 + "\n")
    (project / NAME).symlink_to(tmp_path / "elsewhere")

    result = call(twlint, "scan", *USED)

    assert result.returncode == 2
    assert "regular file" in result.stderr


def test_the_configuration_names_the_baseline_for_scans_and_hooks(twlint: Twlint, repository: Repository) -> None:
    _created(twlint)
    repository.commit({".twlint.yaml": f"baseline: {NAME}\n"})
    assert run(twlint).returncode == 0
    assert run(twlint, cwd=repository.path / "app").returncode == 0

    repository.stage({"app/a.py": f"# moved\n\n  t = '{github_token()}'\n"})
    assert run(twlint, command="hook").returncode == 0
    repository.stage({"app/b.py": f"t = '{aws_key_id()}'\n"})
    assert _found(run(twlint, command="hook")) == {aws_key_id()}


def test_a_file_renamed_in_the_index_is_followed_by_the_hook(twlint: Twlint, repository: Repository) -> None:
    _created(twlint)
    repository.git("mv", "app/a.py", "app/b.py")

    assert run(twlint, *USED, command="hook").returncode == 0


@pytest.mark.parametrize(
    ("targets", "folder"), [([], "app"), (["a.py"], "app"), (["app/a.py"], ""), (["app", "read me.txt"], "")]
)
def test_paths_mean_the_same_wherever_the_scan_starts(
    targets: list[str], folder: str, twlint: Twlint, repository: Repository
) -> None:
    _created(twlint)
    result = run(twlint, *targets, "--baseline", repository.path / NAME, cwd=repository.path / folder)

    assert _found(result) == set()
    assert _found(result, "baselined") == {github_token(), password()}


@pytest.mark.parametrize("target", ["sub", "sub/", "sub/a.py"])
def test_outside_of_git_paths_are_those_below_the_file(target: str, twlint: Twlint, project: Path) -> None:
    (project / "sub").mkdir()
    (project / "sub" / "a.py").write_text(f"t = '{github_token()}'\n")
    _created(twlint, "sub")

    assert _lines(project / "sub")[0].endswith("tree a.py not yet judged")
    assert run(twlint, target, "--baseline", f"sub/{NAME}").returncode == 0
    assert run(twlint, project / target, "--baseline", f"sub/{NAME}").returncode == 0


def test_a_bare_repository_looks_for_renamed_files_at_head(
    twlint: Twlint, repository: Repository, tmp_path: Path
) -> None:
    _created(twlint)
    bare = tmp_path / "bare.git"
    repository.git("clone", "--quiet", "--bare", ".", bare)
    used = ("--baseline", repository.path / NAME)
    assert run(twlint, bare, *used).returncode == 0

    repository.git("mv", "app/a.py", "b.py")
    repository.commit()
    repository.git("push", "--quiet", bare, "main")
    assert run(twlint, bare, *used).returncode == 0

    repository.commit({"app/a.py": "empty = 1\n"})
    repository.git("push", "--quiet", bare, "main")
    assert run(twlint, bare, *used).returncode == 1


def test_an_audit_of_another_repository_ignores_its_baseline_unless_it_is_named(
    twlint: Twlint, repository: Repository, tmp_path: Path
) -> None:
    _created(twlint)
    repository.write({".twlint.yaml": f"baseline: {NAME}\n"})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    assert run(twlint, repository.path).returncode == 0
    assert run(twlint, "--isolated").returncode == 1
    assert run(twlint, repository.path, cwd=elsewhere).returncode == 1
    assert run(twlint, repository.path, "--baseline", repository.path / NAME, cwd=elsewhere).returncode == 0


def test_git_is_told_how_to_merge_and_only_once(twlint: Twlint, repository: Repository) -> None:
    repository.write({".gitattributes": "*.png binary"})
    assert ".gitattributes: now has git merge" in _created(twlint).stdout
    (repository.path / NAME).unlink()
    assert ".gitattributes" not in _created(twlint).stdout

    assert (repository.path / ".gitattributes").read_text() == f"*.png binary\n{NAME} merge=union\n"


def _branches(twlint: Twlint, repository: Repository, changes: list[dict[str, str]]) -> str:
    """Accept each of `changes` on a branch of its own, and merge them all with git; what git says of conflicts."""
    for number, change in enumerate(changes):
        repository.checkout("main")
        repository.branch(f"side-{number}")
        repository.stage(change)
        options = ["--reason", f"accepted on side {number}"]
        command = ["update", "--add"] if (repository.path / NAME).exists() else ["create"]
        assert call(twlint, "baseline", *command, *options).returncode == 0
        repository.git("add", "--all")
        repository.commit()
    repository.checkout("side-0")
    told = ""
    for number in range(1, len(changes)):
        environment = {"GIT_AUTHOR_DATE": "1700000000 +0000"}
        told += repository.run("merge", "--no-edit", f"side-{number}", env=environment, check=False).stdout.decode()
    return told


@pytest.mark.parametrize("seed", range(3))
def test_baselines_of_branches_merge_by_themselves(seed: int, twlint: Twlint, repository: Repository) -> None:
    _created(twlint)
    repository.git("add", "--all")
    repository.commit()
    changes = [
        {f"side{side}/{number}.py": f"t = '{github_token(100 * seed + 10 * side + number)}'\n" for number in range(3)}
        for side in range(3)
    ]

    assert "CONFLICT" not in _branches(twlint, repository, changes)

    assert run(twlint, *USED).returncode == 0
    assert call(twlint, "baseline", "update").returncode == 0
    lines = _lines(repository.path)
    assert lines == sorted(lines)
    assert len(lines) == 12


def test_baselines_made_apart_merge_into_one(twlint: Twlint, repository: Repository) -> None:
    changes = [{f"{side}.py": f"t = '{github_token(side + 1)}'\n"} for side in range(2)]

    assert "CONFLICT" not in _branches(twlint, repository, changes)

    assert (repository.path / NAME).read_text().count("\nkey ") == 2
    assert run(twlint, *USED).returncode == 0
    assert call(twlint, "baseline", "update").returncode == 0
    assert (repository.path / NAME).read_text().count("\nkey ") == 1
    assert run(twlint, *USED).returncode == 0


def test_one_branch_removes_and_another_renames(twlint: Twlint, repository: Repository) -> None:
    repository.commit({"b.py": f"t = '{slack_token()}'\n"})
    _created(twlint)
    repository.git("add", "--all")
    repository.commit()
    repository.branch("side")
    repository.git("mv", "app/a.py", "renamed.py")
    repository.commit()
    assert call(twlint, "baseline", "update").returncode == 0
    repository.git("add", "--all")
    repository.commit()
    repository.checkout("main")
    repository.commit({"b.py": None})
    assert call(twlint, "baseline", "update").returncode == 0
    repository.git("add", "--all")
    repository.commit()

    merged = repository.run("merge", "--no-edit", "side", check=False)

    assert b"CONFLICT" not in merged.stdout
    assert run(twlint, *USED).returncode == 0


def test_marks_of_a_conflict_are_told_with_the_mend(twlint: Twlint, repository: Repository) -> None:
    _created(twlint)
    (repository.path / ".gitattributes").unlink()
    repository.git("add", "--all")
    repository.commit()
    file = repository.path / NAME
    for name in ("side", "main"):
        if name == "side":
            repository.branch(name)
        else:
            repository.checkout(name)
        file.write_text(file.read_text().replace("not yet judged", f"judged on {name}"))
        repository.git("add", "--all")
        repository.commit()
    assert b"CONFLICT" in repository.run("merge", "--no-edit", "side", check=False).stdout

    result = run(twlint, *USED)

    assert result.returncode == 2
    assert "a conflict of a merge: keep the lines of both sides" in result.stderr


def _audit(twlint: Twlint, answers: str, *options: str, env: dict[str, str] | None = None) -> Result:
    return twlint("baseline", "audit", *options, stdin=answers.encode(), env=env)


def test_an_audit_judges_one_by_one(twlint: Twlint, project: Path) -> None:
    for name, secret in {"a.py": github_token(), "b.py": slack_token(), "c.py": aws_key_id()}.items():
        (project / name).write_text(f"t = '{secret}'\n")
    _created(twlint)

    result = _audit(twlint, "i\n  revoked   in March \nk\nx\ns\n")

    assert result.returncode == 0, result.stderr
    assert "[1 of 3]" in result.stdout
    assert "a.py:1:6" in result.stdout
    assert github_token() not in result.stdout + result.stderr
    assert sorted(line.split(" ", 1)[1] for line in _lines(project)) == [
        "aws-access-key-id tree c.py not yet judged",
        "github-personal-access-token tree a.py revoked in March",
    ]
    assert _found(run(twlint, *USED)) == {slack_token()}
    again = _audit(twlint, "q\n")
    assert "[1 of 2]" in again.stdout
    assert "[1 of 3]" in _audit(twlint, "q\n", "--all").stdout


def test_an_audit_needs_no_baseline_to_begin_with(twlint: Twlint, project: Path) -> None:
    (project / "a.py").write_text(f"t = '{github_token()}'\n")

    assert _audit(twlint, "q\n").returncode == 0
    assert not (project / NAME).exists()
    assert _audit(twlint, "i\na test\n").returncode == 0
    assert run(twlint, *USED).returncode == 0


def test_answers_given_before_the_input_ends_are_kept(twlint: Twlint, project: Path) -> None:
    for name, secret in {"a.py": github_token(), "b.py": slack_token()}.items():
        (project / name).write_text(f"t = '{secret}'\n")

    assert _audit(twlint, "i\na test\n").returncode == 130
    assert len(_lines(project)) == 1


@pytest.mark.parametrize(
    ("program", "wanted"), [("vim", "+2 FILE"), ("code", "--goto FILE:2"), ("ed -s", "-s FILE"), ("absent", None)]
)
def test_an_editor_is_opened_at_the_line(
    program: str, wanted: str | None, twlint: Twlint, project: Path, tmp_path: Path
) -> None:
    (project / "a.py").write_text(f"\nt = '{github_token()}'\n")
    name, *options = program.split()
    editor = tmp_path / name
    if wanted is not None:
        editor.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/opened\n')
        editor.chmod(0o755)

    result = _audit(twlint, "o\nq\n", env={"VISUAL": " ".join([str(editor), *options])})

    if wanted is None:
        assert result.returncode == 2
        assert "set VISUAL or EDITOR" in result.stderr
    else:
        assert result.returncode == 0
        opened = (tmp_path / "opened").read_text().strip()
        assert opened == wanted.replace("FILE", str(project / "a.py"))


def test_what_is_only_in_the_history_is_not_opened(twlint: Twlint, repository: Repository) -> None:
    result = _audit(twlint, "s\no\nq\n", "--select", "github", env={"EDITOR": "false"})

    assert result.returncode == 0
    assert f"git show {repository.id_of(f't = {github_token(9)!r}' + chr(10))}" in result.stdout


def _detect_secrets(results: dict[str, list[dict[str, Any]]]) -> str:
    return json.dumps({"version": "1.5.0", "plugins_used": [], "results": results})


def test_the_baseline_of_detect_secrets_is_taken_over(twlint: Twlint, repository: Repository) -> None:
    hashed = [hashlib.sha1(each.encode()).hexdigest() for each in (github_token(), github_token(5))]
    known = {"app/a.py": [{"type": "GitHub Token", "hashed_secret": each, "line_number": 77} for each in hashed]}
    repository.write({".secrets.baseline": _detect_secrets(known)})

    result = call(twlint, "baseline", "import", ".secrets.baseline")

    assert result.returncode == 0, result.stderr
    assert "not found: app/a.py:77 GitHub Token" in result.stdout
    assert "1 of 2 lines taken over" in result.stdout
    assert [line.split(" ", 1)[1] for line in _lines(repository.path)] == [
        "github-personal-access-token tree app/a.py in the baseline of detect-secrets as GitHub Token"
        " (.secrets.baseline)"
    ]
    assert _found(run(twlint, *USED)) == {github_token(9), password()}


def test_the_ignores_of_gitleaks_are_taken_over(twlint: Twlint, repository: Repository) -> None:
    first = repository.tip("HEAD~1")
    repository.write({".gitleaksignore": f"# old\n{first}:old.py:github-pat:1\napp/a.py:generic-api-key:2\n"})

    result = call(twlint, "baseline", "import", ".gitleaksignore")

    assert result.returncode == 0, result.stderr
    assert "2 of 2 lines taken over" in result.stdout
    assert _found(run(twlint, *USED)) == {github_token()}


def test_a_file_that_is_no_other_tools_is_refused(twlint: Twlint, repository: Repository) -> None:
    result = call(twlint, "baseline", "import", "read me.txt")

    assert result.returncode == 2
    assert "gitleaks writes" in result.stderr
    assert not (repository.path / NAME).exists()
