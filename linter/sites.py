"""Sites: kinds of files, and of lines, where credentials are kept wrongly, and what to do at each."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

import msgspec

from linter import rule_files, strict_yaml
from linter.globs import Globs
from linter.model import Error

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Site", "Sites", "builtin", "parse"]


class SiteExample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A path, and for a site that is told by its line also that line, with `…` where the credential stands."""

    path: str
    line: str = ""


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of place. It is told by its path, or by the line of the credential, or, with both, by both.

    `paths` and `exclude_paths` are globs as in .gitignore; `line` is a regular expression. A file that `is_private`
    holds credentials by its nature, and is kept out of git.
    """

    id: str
    name: str
    advice: str
    examples: tuple[SiteExample, ...]
    counterexamples: tuple[SiteExample, ...]
    paths: tuple[str, ...] = ()
    exclude_paths: tuple[str, ...] = ()
    line: str | None = None
    is_private: bool = False


class Sites:
    """Tells at which site a credential stands; of several the one that comes first."""

    def __init__(self, sites: Sequence[Site]) -> None:
        self._sites = [
            (site, _spec(site.paths), _spec(site.exclude_paths), re.compile(site.line) if site.line else None)
            for site in sites
        ]
        self._by_id = {site.id: site for site in sites}

    def named(self, name: str | None) -> Site | None:
        """The site with this id."""
        return self._by_id.get(name or "")

    @functools.lru_cache(maxsize=4096)  # noqa: B019 - lives as long as a scan
    def of(self, path: str, line: str) -> Site | None:
        """The site of a credential in the file `path`, whose line, with the credential masked, is `line`."""
        for site, pattern in self._by_path(path):
            if pattern is None or pattern.search(line):
                return site
        return None

    @functools.lru_cache(maxsize=4096)  # noqa: B019 - lives as long as a scan
    def _by_path(self, path: str) -> list[tuple[Site, re.Pattern[str] | None]]:
        """The sites that `path` does not rule out, up to the one that it settles."""
        possible = []
        for site, paths, excluded, pattern in self._sites:
            if (paths and path not in paths) or (excluded and path in excluded):
                continue
            possible.append((site, pattern))
            if pattern is None:
                break
        return possible


def builtin() -> Sites:
    """The sites that come with twlint."""
    files = rule_files.read_files(sorted((rule_files.builtin_folder() / "sites").glob("*.yaml")))
    return Sites(rule_files.kept(tuple[Site, ...], files, parse))


def parse(contents: rule_files.Contents) -> tuple[Site, ...]:
    """The sites in YAML files.

    Raises:
        Error: a file is not a list of sites; the message names the file, the line and what is wrong.
    """
    return tuple(site for file, content in contents for site in _sites(file, content))


def _sites(file: Path, content: bytes) -> list[Site]:
    document = strict_yaml.load(content, str(file))
    if not isinstance(document.value, list):
        raise Error(f"{file}:1: a file of sites is a list, each starting with `- id:`")
    sites = []
    for index, written in enumerate(document.value):
        try:
            site = msgspec.convert(written, Site, strict=False)
            re.compile(site.line or "")
        except (msgspec.ValidationError, re.error) as error:
            raise Error(f"{file}:{document.line((index,))}: {error}") from None
        if not site.paths and site.line is None:
            raise Error(f"{file}:{document.line((index,))}: {site.id}: needs `paths` or `line`")
        sites.append(site)
    return sites


def _spec(globs: Sequence[str]) -> Globs | None:
    return Globs(globs) if globs else None
