"""The gate in the environments of the CI systems, replayed on real clones: which commits are scanned, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.git_repositories import Repository, clone, create
from tests.invented import github_token
from tests.scans import run, values

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command import Result, Twlint

ZEROS = "0" * 40
GONE = "5" * 40
"""A commit that a forced push took away."""

IDS: dict[str, str] = {}
"""The commits and tags of the origin by their names; they are the same in every run."""


def tokens(*seeds: int) -> set[str]:
    """The credentials with these seeds."""
    return {github_token(seed) for seed in seeds}


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A server with a main branch, a topic that left it, and tags; every commit brings in a credential of its own."""
    repository = create(tmp_path_factory.mktemp("origin"))
    for number, name in enumerate(("first", "old")):
        IDS[name] = repository.commit({name: f"{github_token(number)}\n"})
    repository.branch("topic")
    for number, name in enumerate(("topic-1", "topic"), 10):
        IDS[name] = repository.commit({name: f"{github_token(number)}\n"})
    repository.tag("v2", f"on the topic {github_token(21)}")
    repository.checkout("main")
    for number, name in enumerate(("newer", "main"), 2):
        IDS[name] = repository.commit({name: f"{github_token(number)}\n"})
    repository.tag("v1", f"on main {github_token(20)}")
    repository.branch("merged")
    IDS["merge"] = repository.merge("topic", {})
    repository.git("update-ref", "refs/pull/7/merge", "merged")
    repository.checkout("main")
    repository.git("branch", "--quiet", "-D", "merged")
    return repository


@dataclass(frozen=True)
class Build:
    """A build of a CI: its variables and event with names for commits, and what it must find.

    `{name}` in a value stands for the id of that commit, and `{name:.12}` for the start of it.
    """

    name: str
    variables: dict[str, str]
    found: set[int]
    told: str
    event: dict[str, Any] = field(default_factory=dict)
    head: str = "topic"


def github(name: str, kind: str, reference: str, head: str, found: set[int], told: str, **event: Any) -> Build:
    """A build of GitHub Actions."""
    variables = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": kind,
        "GITHUB_REF": reference,
        "GITHUB_SHA": f"{{{head}}}",
    }
    return Build(f"github {name}", variables, found, told, {"repository": {"default_branch": "main"}, **event}, head)


def pull_request(fork: str = "acme/project") -> dict[str, Any]:
    """The part of GitHub's event that tells of a pull request."""
    return {
        "number": 7,
        "base": {"sha": "{main}", "ref": "main", "repo": {"full_name": "acme/project"}},
        "head": {"sha": "{topic}", "ref": "topic", "repo": {"full_name": fork}},
    }


def gitlab(name: str, found: set[int], told: str, head: str = "topic", **variables: str) -> Build:
    """A pipeline of GitLab."""
    common = {"GITLAB_CI": "true", "CI_COMMIT_SHA": f"{{{head}}}", "CI_DEFAULT_BRANCH": "main"}
    return Build(f"gitlab {name}", {**common, **variables}, found, told, head=head)


REQUEST = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "7", "CI_COMMIT_BEFORE_SHA": ZEROS}
TOPIC, MAIN, NEW_ON_MAIN = {10, 11}, {0, 1, 2, 3}, {2, 3}

BUILDS = [
    github("pull request", "pull_request", "refs/pull/7/merge", "merge", TOPIC, "GitHub pull request 7:",
           pull_request=pull_request()),
    github("pull request from a fork", "pull_request", "refs/pull/7/merge", "merge", TOPIC, "request 7 from a fork:",
           pull_request=pull_request("someone/project")),
    github("pull request target", "pull_request_target", "refs/heads/main", "main", TOPIC, "GitHub pull request 7",
           pull_request=pull_request()),
    github("push", "push", "refs/heads/main", "main", NEW_ON_MAIN, "of the branch main: 2 commits", before="{old}"),
    github("first push of a branch", "push", "refs/heads/topic", "topic", TOPIC, "and refs/remotes/origin/main has not",
           before=ZEROS),
    github("first push of all", "push", "refs/heads/main", "main", MAIN, "the whole history", before=ZEROS),
    github("forced push", "push", "refs/heads/topic", "topic", TOPIC, "and refs/remotes/origin/main has not",
           before=GONE, forced=True),
    github("forced push to the default branch", "push", "refs/heads/main", "main", MAIN, "the whole history",
           before=GONE, forced=True),
    github("merge queue", "merge_group", "refs/heads/gh-readonly-queue/main/pr-7", "merge", TOPIC, "merge queue",
           merge_group={"base_sha": "{main}", "head_sha": "{merge}"}),
    github("tag on the default branch", "push", "refs/tags/v1", "main", {20}, "of the tag v1", before=ZEROS),
    github("tag elsewhere", "push", "refs/tags/v2", "topic", {10, 11, 21}, "of the tag v2", before=ZEROS),
    github("schedule", "schedule", "refs/heads/main", "main", MAIN, "the whole history"),
    gitlab("merge request", TOPIC, "merge request 7", **REQUEST, CI_MERGE_REQUEST_DIFF_BASE_SHA="{old}"),
    gitlab("merged results", TOPIC, "merge request 7", "merge", **REQUEST, CI_MERGE_REQUEST_DIFF_BASE_SHA="{old}",
           CI_MERGE_REQUEST_TARGET_BRANCH_SHA="{main}"),
    gitlab("branch", NEW_ON_MAIN, "GitLab push", "main", CI_COMMIT_BRANCH="main", CI_COMMIT_BEFORE_SHA="{old}"),
    gitlab("new branch", TOPIC, "and refs/remotes/origin/main has not", CI_COMMIT_BRANCH="topic",
           CI_COMMIT_BEFORE_SHA=ZEROS),
    gitlab("tag", {10, 11, 21}, "of the tag v2", CI_COMMIT_TAG="v2", CI_COMMIT_BEFORE_SHA=ZEROS),
    Build("bitbucket pull request", {"BITBUCKET_BUILD_NUMBER": "1", "BITBUCKET_COMMIT": "{topic}",
          "BITBUCKET_BRANCH": "topic", "BITBUCKET_PR_ID": "7", "BITBUCKET_PR_DESTINATION_BRANCH": "main",
          "BITBUCKET_PR_DESTINATION_COMMIT": "{main:.12}"}, TOPIC, "Bitbucket pull request 7"),
    Build("bitbucket branch", {"BITBUCKET_BUILD_NUMBER": "1", "BITBUCKET_COMMIT": "{topic}",
          "BITBUCKET_BRANCH": "topic"}, TOPIC, "and refs/remotes/origin/main has not"),
    Build("azure pull request", {"TF_BUILD": "True", "BUILD_REASON": "PullRequest", "BUILD_SOURCEVERSION": "{merge}",
          "BUILD_SOURCEBRANCH": "refs/pull/7/merge", "SYSTEM_PULLREQUEST_SOURCECOMMITID": "{topic}",
          "SYSTEM_PULLREQUEST_PULLREQUESTID": "7", "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"},
          TOPIC, "Azure pull request 7", head="merge"),
    Build("azure push", {"TF_BUILD": "True", "BUILD_REASON": "IndividualCI", "BUILD_SOURCEVERSION": "{topic}",
          "BUILD_SOURCEBRANCH": "refs/heads/topic"}, TOPIC, "Azure IndividualCI of the branch topic"),
    Build("jenkins change", {"JENKINS_URL": "https://ci.acme.test/", "GIT_COMMIT": "{topic}", "BRANCH_NAME": "PR-7",
          "CHANGE_ID": "7", "CHANGE_TARGET": "main"}, TOPIC, "Jenkins change 7"),
    Build("jenkins branch", {"JENKINS_URL": "https://ci.acme.test/", "GIT_COMMIT": "{main}", "BRANCH_NAME": "main",
          "GIT_PREVIOUS_SUCCESSFUL_COMMIT": "{old}"}, NEW_ON_MAIN, "of the branch main", head="main"),
    Build("circleci branch", {"CIRCLECI": "true", "CIRCLE_SHA1": "{topic}", "CIRCLE_BRANCH": "topic"}, TOPIC,
          "CircleCI build of the branch topic"),
    Build("buildkite pull request", {"BUILDKITE": "true", "BUILDKITE_COMMIT": "{topic}", "BUILDKITE_BRANCH": "topic",
          "BUILDKITE_PULL_REQUEST": "7", "BUILDKITE_PULL_REQUEST_BASE_BRANCH": "main"}, TOPIC,
          "Buildkite pull request 7"),
    Build("buildkite branch", {"BUILDKITE": "true", "BUILDKITE_COMMIT": "HEAD", "BUILDKITE_BRANCH": "topic",
          "BUILDKITE_PULL_REQUEST": "false", "BUILDKITE_PIPELINE_DEFAULT_BRANCH": "main"}, TOPIC,
          "of the branch topic"),
    Build("travis pull request", {"TRAVIS": "true", "TRAVIS_PULL_REQUEST": "7", "TRAVIS_BRANCH": "main",
          "TRAVIS_PULL_REQUEST_SHA": "{topic}", "TRAVIS_COMMIT": "{merge}",
          "TRAVIS_COMMIT_RANGE": "{main:.12}...{topic:.12}"}, TOPIC, "Travis pull request 7", head="merge"),
    Build("travis push", {"TRAVIS": "true", "TRAVIS_PULL_REQUEST": "false", "TRAVIS_BRANCH": "main",
          "TRAVIS_COMMIT": "{main}", "TRAVIS_EVENT_TYPE": "push", "TRAVIS_COMMIT_RANGE": "{old:.12}...{main:.12}"},
          NEW_ON_MAIN, "Travis push of the branch main", head="main"),
    Build("travis new branch", {"TRAVIS": "true", "TRAVIS_PULL_REQUEST": "false", "TRAVIS_BRANCH": "topic",
          "TRAVIS_COMMIT": "{topic}", "TRAVIS_COMMIT_RANGE": ""}, TOPIC, "and refs/remotes/origin/main has not"),
]  # fmt: skip


def filled(value: Any) -> Any:
    """The value with the ids of commits in the places of their names."""
    if isinstance(value, dict):
        return {key: filled(each) for key, each in value.items()}
    return value.format(**IDS) if isinstance(value, str) else value


def gate(build: Build, copy: Repository, twlint: Twlint, *options: str) -> Result:
    """How the gate ends for a build in a clone."""
    event = copy.path.parent / "event.json"
    event.write_text(json.dumps(filled(build.event)))
    variables = {**filled(build.variables), "GITHUB_EVENT_PATH": str(event)}
    return run(twlint, *options, command="ci", cwd=copy.path, env=variables)


def checked_out(origin: Repository, folder: Path, build: Build, *options: str) -> Repository:
    """A clone as a CI makes it, at the commit that is built."""
    copy = clone(origin.path, folder / "copy", "--no-checkout", *options)
    depth = [option for option in options if option.startswith("--depth")]
    copy.git("fetch", "--quiet", *depth, "origin", "refs/pull/7/merge" if build.head == "merge" else IDS[build.head])
    copy.git("checkout", "--quiet", "--detach", IDS[build.head])
    return copy


@pytest.mark.parametrize("build", BUILDS, ids=lambda build: build.name)
def test_what_a_build_brings_in_is_scanned_and_nothing_else(
    build: Build, origin: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    result = gate(build, checked_out(origin, tmp_path, build), twlint)
    assert result.stdout, result.stderr
    assert values(result.report) == tokens(*build.found)
    assert (result.returncode, result.report["coverage"]["complete"]) == (1, True)
    assert build.told in result.report["notices"][0]


MENDS = {
    "github": "`fetch-depth: 0`",
    "gitlab": '`GIT_DEPTH: "0"`',
    "bitbucket": "`clone: {depth: full}`",
    "azure": "`fetchDepth: 0`",
    "jenkins": "Shallow clone",
    "circleci": "`method: full`",
    "buildkite": "BUILDKITE_GIT_CLONE_FLAGS",
    "travis": "`git: {depth: false}`",
}


# The tag stands where main does: a clone of one commit is enough to know that it brings in its message alone.
CUT = [build for build in BUILDS if build.name != "github tag on the default branch"]


@pytest.mark.parametrize("build", CUT, ids=lambda build: build.name)
def test_a_clone_that_is_too_shallow_ends_with_2_and_what_mends_it(
    build: Build, origin: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    result = gate(build, checked_out(origin, tmp_path, build, "--depth=1"), twlint)
    assert (result.returncode, result.stdout) == (2, "")
    assert MENDS[build.name.partition(" ")[0]] in result.stderr


def the(name: str) -> Build:
    """The build of that name."""
    return next(build for build in BUILDS if build.name == name)


def test_a_shallow_clone_that_holds_the_whole_range_is_enough(
    origin: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    copy = checked_out(origin, tmp_path, the("gitlab merge request"), "--depth=3")
    assert (copy.git_dir / "shallow").exists()
    result = gate(the("gitlab merge request"), copy, twlint)
    assert (result.returncode, result.report["coverage"]["complete"]) == (1, True)
    assert values(result.report) == tokens(*TOPIC)


def test_a_range_that_is_cut_ends_with_2_unless_it_is_allowed(
    origin: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    """What was there before is not in the clone: it might have been cut off."""
    build = the("github push")
    copy = checked_out(origin, tmp_path, build, "--depth=2")
    assert gate(build, copy, twlint).returncode == 2
    allowed = gate(build, copy, twlint, "--allow-shallow")
    assert (allowed.returncode, allowed.report["coverage"]["complete"]) == (1, True)


def test_a_target_that_the_clone_lacks_is_told_with_the_line_that_fetches_it(
    origin: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    copy = clone(origin.path, tmp_path / "copy", "--single-branch", "--branch=topic")
    result = gate(the("jenkins change"), copy, twlint)
    assert result.returncode == 2
    (fetch,) = [part for part in result.stderr.split("`") if part.startswith("git fetch ")]
    copy.git(*fetch.split()[1:])
    assert values(gate(the("jenkins change"), copy, twlint).report) == tokens(*TOPIC)


def test_a_clean_change_passes_though_the_target_has_a_leak(origin: Repository, twlint: Twlint, tmp_path: Path) -> None:
    copy = checked_out(origin, tmp_path, the("jenkins change"))
    IDS["clean"] = copy.commit({"clean": "x\n"})
    build = Build("clean", {"JENKINS_URL": "x", "CHANGE_ID": "8", "CHANGE_TARGET": "topic", "GIT_COMMIT": "{clean}"},
                  set(), "")  # fmt: skip
    result = gate(build, copy, twlint)
    assert (result.returncode, values(result.report)) == (0, set())
    assert "1 commit, what" in result.report["notices"][0]


def test_a_build_that_brings_in_nothing_passes_and_says_so(origin: Repository, twlint: Twlint, tmp_path: Path) -> None:
    build = Build("nothing", {"JENKINS_URL": "x", "CHANGE_ID": "8", "CHANGE_TARGET": "topic", "GIT_COMMIT": "{old}"},
                  set(), "")  # fmt: skip
    result = gate(build, checked_out(origin, tmp_path, the("jenkins change")), twlint)
    assert result.returncode == 0
    assert "there is nothing to scan" in result.report["notices"][0]


def test_outside_of_a_ci_the_range_must_be_given(origin: Repository, twlint: Twlint, tmp_path: Path) -> None:
    copy = checked_out(origin, tmp_path, the("jenkins change"))
    refused = gate(Build("none", {}, set(), ""), copy, twlint)
    assert (refused.returncode, "--range A..B" in refused.stderr) == (2, True)
    given = gate(Build("none", {}, set(), ""), copy, twlint, "--range", f"{IDS['old']}..{IDS['topic']}")
    assert values(given.report) == tokens(*TOPIC)


def test_a_range_that_is_given_wins_over_the_environment(origin: Repository, twlint: Twlint, tmp_path: Path) -> None:
    copy = checked_out(origin, tmp_path, the("github push"))
    result = gate(the("github push"), copy, twlint, "--range", f"{IDS['first']}..{IDS['old']}")
    assert values(result.report) == tokens(1)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("{", "not JSON"),
        ("[]", "has no pull_request.base.sha"),
        ('{"pull_request": {"base": {"sha": 7}}}', "has no pull_request.base.sha"),
        (None, "cannot be read"),
    ],
)
def test_an_event_that_does_not_tell_ends_with_2(
    written: str | None, words: str, origin: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    file = tmp_path / "event.json"
    if written is not None:
        file.write_text(written)
    variables = {**filled(the("github pull request").variables), "GITHUB_EVENT_PATH": str(file)}
    result = run(twlint, command="ci", cwd=origin.path, env=variables)
    assert result.returncode == 2
    assert words in result.stderr


@pytest.mark.parametrize(
    "build",
    [build for build in BUILDS if "request" in build.name or "change" in build.name],
    ids=lambda build: build.name,
)
def test_a_variable_that_is_not_set_is_told(build: Build, origin: Repository, twlint: Twlint, tmp_path: Path) -> None:
    """Without its base or tip a pull request is not scanned less: the gate fails."""
    copy = checked_out(origin, tmp_path, build)
    for name, value in build.variables.items():
        if "{" in value and name not in ("GITHUB_SHA", "TRAVIS_COMMIT", "BUILD_SOURCEVERSION"):
            lacking = {key: each for key, each in build.variables.items() if key != name}
            result = gate(Build("", lacking, set(), "", build.event, build.head), copy, twlint)
            assert result.returncode == 2 or values(result.report) >= tokens(*build.found), name
