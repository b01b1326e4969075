"""The range of commits that a CI build is about, from the variables that its system sets: data in, data out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from linter.model import Error
from linter.ranges import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["event_file", "requested"]

REMOTE = "refs/remotes/origin/"
GUESSED_DEFAULTS = ("main", "master")
"""Default branches of repositories whose CI does not tell its own."""


class _Push(NamedTuple):
    """A build for a branch or a tag.

    `before` is the commit where it stood until now, if that is told; `default` the default branch, if that is.
    """

    system: str
    tip: str
    branch: str = ""
    tag: str = ""
    before: str = ""
    default: str = ""


def event_file(variables: Mapping[str, str]) -> str | None:
    """The file with the event, in JSON, where `requested` needs one."""
    return variables.get("GITHUB_EVENT_PATH") if variables.get("GITHUB_ACTIONS") else None


def requested(variables: Mapping[str, str], event: Mapping[str, Any]) -> Range:
    """The range that the build is about: what its pull request or push brings in.

    Where the system does not say what was there before (the first push of a branch, a tag, a build that a person or
    a clock started), it is what the default branch has not, and for the default branch itself its whole history.

    Args:
        variables: the environment.
        event: the content of `event_file`, or nothing.

    Raises:
        Error: this is no CI that is known, or it does not tell what it should.
    """
    for marker, read in _SYSTEMS.items():
        if variables.get(marker):
            return read(variables, event)
    known = ", ".join(("GitHub", "GitLab", "Bitbucket", "Azure", "Jenkins", "CircleCI", "Buildkite", "Travis"))
    raise Error(f"no CI is known by its variables ({known}); give the commits with --range A..B")


def _github(variables: Mapping[str, str], event: Mapping[str, Any]) -> Range:
    mend = "give actions/checkout `fetch-depth: 0`"
    kind = variables.get("GITHUB_EVENT_NAME", "")
    if kind.startswith("pull_request"):
        base, head = _field(event, "pull_request", "base", "sha"), _field(event, "pull_request", "head", "sha")
        if kind == "pull_request_target":
            mend += " and `ref: ${{ github.event.pull_request.head.sha }}`"
        number = event.get("number") or event["pull_request"].get("number") or "?"
        source = "" if _is_same_repository(event["pull_request"]) else " from a fork"
        return _proposal(f"GitHub pull request {number}{source}", (head,), (base,), mend)
    if kind == "merge_group":
        base, head = _field(event, "merge_group", "base_sha"), _field(event, "merge_group", "head_sha")
        return _proposal("GitHub merge queue", (head,), (base,), mend)
    reference = variables.get("GITHUB_REF", "")
    repository = event.get("repository")
    push = _Push(
        f"GitHub {kind}",
        _variable(variables, "GITHUB_SHA"),
        _after(reference, "refs/heads/"),
        _after(reference, "refs/tags/"),
        event.get("before") or "" if kind == "push" else "",
        repository.get("default_branch", "") if isinstance(repository, dict) else "",
    )
    return _pushed(push, mend)


def _is_same_repository(pull_request: Mapping[str, Any]) -> bool:
    head, base = (pull_request[side].get("repo") or {} for side in ("head", "base"))
    return bool(head.get("full_name") == base.get("full_name"))


def _gitlab(variables: Mapping[str, str], _: Mapping[str, Any]) -> Range:
    mend = 'set `GIT_DEPTH: "0"` in the variables of the job'
    tip = _variable(variables, "CI_COMMIT_SHA")
    if variables.get("CI_MERGE_REQUEST_IID"):
        # A merged results pipeline builds a merge of the target, whose newer commits this request does not bring in.
        bases = (
            _variable(variables, "CI_MERGE_REQUEST_DIFF_BASE_SHA"),
            variables.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", ""),
        )
        what = f"GitLab merge request {variables['CI_MERGE_REQUEST_IID']}"
        return _proposal(what, (tip,), tuple(filter(None, bases)), mend)
    push = _Push(
        f"GitLab {variables.get('CI_PIPELINE_SOURCE', 'push')}",
        tip,
        variables.get("CI_COMMIT_BRANCH", ""),
        variables.get("CI_COMMIT_TAG", ""),
        variables.get("CI_COMMIT_BEFORE_SHA", ""),
        variables.get("CI_DEFAULT_BRANCH", ""),
    )
    return _pushed(push, mend)


def _bitbucket(variables: Mapping[str, str], _: Mapping[str, Any]) -> Range:
    mend = "set `clone: {depth: full}` in bitbucket-pipelines.yml"
    tip = _variable(variables, "BITBUCKET_COMMIT")
    if variables.get("BITBUCKET_PR_ID"):
        base = variables.get("BITBUCKET_PR_DESTINATION_COMMIT") or REMOTE + _variable(
            variables, "BITBUCKET_PR_DESTINATION_BRANCH"
        )
        return _proposal(f"Bitbucket pull request {variables['BITBUCKET_PR_ID']}", (tip,), (base,), mend)
    branch, tag = variables.get("BITBUCKET_BRANCH", ""), variables.get("BITBUCKET_TAG", "")
    return _pushed(_Push("Bitbucket push", tip, branch, tag), mend)


def _azure(variables: Mapping[str, str], _: Mapping[str, Any]) -> Range:
    mend = "set `fetchDepth: 0` on the checkout step"
    target = _after(variables.get("SYSTEM_PULLREQUEST_TARGETBRANCH", ""), "refs/heads/", or_whole=True)
    if target:
        number = variables.get("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER") or variables.get(
            "SYSTEM_PULLREQUEST_PULLREQUESTID", "?"
        )
        tip = _variable(variables, "SYSTEM_PULLREQUEST_SOURCECOMMITID")
        return _proposal(f"Azure pull request {number}", (tip,), (REMOTE + target,), mend)
    reference = variables.get("BUILD_SOURCEBRANCH", "")
    branch, tag = _after(reference, "refs/heads/"), _after(reference, "refs/tags/")
    what = f"Azure {variables.get('BUILD_REASON', 'build')}"
    return _pushed(_Push(what, _variable(variables, "BUILD_SOURCEVERSION"), branch, tag), mend)


def _jenkins(variables: Mapping[str, str], _: Mapping[str, Any]) -> Range:
    mend = "clear “Shallow clone” in the clone options of the Git plugin"
    tip = variables.get("GIT_COMMIT") or "HEAD"
    if variables.get("CHANGE_ID"):
        base = REMOTE + _variable(variables, "CHANGE_TARGET")
        return _proposal(f"Jenkins change {variables['CHANGE_ID']}", (tip,), (base,), mend)
    name = variables.get("BRANCH_NAME") or _after(variables.get("GIT_BRANCH", ""), "origin/", or_whole=True)
    tag = variables.get("TAG_NAME", "")
    # Since the last build that passed: what a failed one found must not pass with the next.
    before = variables.get("GIT_PREVIOUS_SUCCESSFUL_COMMIT", "")
    default = name if variables.get("BRANCH_IS_PRIMARY") == "true" else ""
    return _pushed(_Push("Jenkins build", tip, "" if tag else name, tag, before, default), mend)


def _circleci(variables: Mapping[str, str], _: Mapping[str, Any]) -> Range:
    # CircleCI tells neither the target of a pull request nor what was there before.
    mend = "let the checkout step fetch everything (`method: full`)"
    branch, tag = variables.get("CIRCLE_BRANCH", ""), variables.get("CIRCLE_TAG", "")
    return _pushed(_Push("CircleCI build", _variable(variables, "CIRCLE_SHA1"), branch, tag), mend)


def _buildkite(variables: Mapping[str, str], _: Mapping[str, Any]) -> Range:
    mend = "take --depth out of BUILDKITE_GIT_CLONE_FLAGS and BUILDKITE_GIT_FETCH_FLAGS"
    tip = _variable(variables, "BUILDKITE_COMMIT")
    number = variables.get("BUILDKITE_PULL_REQUEST", "false")
    if number != "false":
        base = REMOTE + _variable(variables, "BUILDKITE_PULL_REQUEST_BASE_BRANCH")
        return _proposal(f"Buildkite pull request {number}", (tip,), (base,), mend)
    branch, tag = variables.get("BUILDKITE_BRANCH", ""), variables.get("BUILDKITE_TAG", "")
    default = variables.get("BUILDKITE_PIPELINE_DEFAULT_BRANCH", "")
    return _pushed(_Push("Buildkite build", tip, "" if tag else branch, tag, default=default), mend)


def _travis(variables: Mapping[str, str], _: Mapping[str, Any]) -> Range:
    mend = "set `git: {depth: false}` in .travis.yml"
    before = variables.get("TRAVIS_COMMIT_RANGE", "").partition("..")[0]
    number = variables.get("TRAVIS_PULL_REQUEST", "false")
    if number != "false":
        tip = _variable(variables, "TRAVIS_PULL_REQUEST_SHA")
        base = before or REMOTE + _variable(variables, "TRAVIS_BRANCH")
        return _proposal(f"Travis pull request {number}", (tip,), (base,), mend)
    tag = variables.get("TRAVIS_TAG", "")
    branch = "" if tag else variables.get("TRAVIS_BRANCH", "")
    what = f"Travis {variables.get('TRAVIS_EVENT_TYPE', 'push')}"
    return _pushed(_Push(what, _variable(variables, "TRAVIS_COMMIT"), branch, tag, before), mend)


_SYSTEMS: dict[str, Callable[[Mapping[str, str], Mapping[str, Any]], Range]] = {
    "GITHUB_ACTIONS": _github,
    "GITLAB_CI": _gitlab,
    "BITBUCKET_BUILD_NUMBER": _bitbucket,
    "TF_BUILD": _azure,
    "CIRCLECI": _circleci,
    "BUILDKITE": _buildkite,
    "TRAVIS": _travis,
    "JENKINS_URL": _jenkins,
}
"""How each system is known, and how its variables are read. Jenkins last: its agents may run inside of others."""


def _proposal(what: str, tips: tuple[str, ...], bases: tuple[str, ...], mend: str) -> Range:
    """What a pull request would bring in: nothing is guessed, the base must be there."""
    branches = [base.removeprefix(REMOTE) for base in bases if base.startswith(REMOTE)]
    fetched = "".join(f", or run `git fetch origin +refs/heads/{name}:{REMOTE}{name}`" for name in branches)
    return Range(what, tips, bases=bases, mend=mend + fetched, is_strict=True)


def _pushed(push: _Push, mend: str) -> Range:
    """What a push brought in; after a forced push, what was there before may not be."""
    tip = f"refs/tags/{push.tag}" if push.tag else push.tip
    defaults = (push.default,) if push.default else GUESSED_DEFAULTS
    is_default = not push.tag and push.branch in defaults
    name = f" of the tag {push.tag}" if push.tag else f" of the branch {push.branch}" if push.branch else ""
    return Range(
        f"{push.system}{name}",
        (tip,),
        hints=(push.before,) if push.before.strip("0") else (),
        otherwise=() if is_default else tuple(REMOTE + default for default in defaults),
        mend=mend,
        is_strict=True,
    )


def _after(text: str, prefix: str, *, or_whole: bool = False) -> str:
    """What stands behind `prefix` in `text`; without it, nothing or the whole."""
    return text.removeprefix(prefix) if or_whole or text.startswith(prefix) else ""


def _variable(variables: Mapping[str, str], name: str) -> str:
    value = variables.get(name)
    if not value:
        raise Error(f"the CI does not set {name}; give the commits with --range A..B")
    return value


def _field(event: Mapping[str, Any], *names: str) -> str:
    value: Any = event
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str) or not value:
        raise Error(f"the event in GITHUB_EVENT_PATH has no {'.'.join(names)}; give the commits with --range A..B")
    return value
