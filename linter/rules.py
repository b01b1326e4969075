"""Pattern rules: what they are, and how they are read from YAML."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from linter import cache, patterns, strict_yaml
from linter.model import Confidence, Error, Severity
from linter.structures import STRUCTURES

__all__ = ["Example", "PatternRule", "RuleFaults", "builtin_files", "load", "read_files", "select"]

Words = tuple[Annotated[str, msgspec.Meta(min_length=1)], ...]
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_KEYWORD_LENGTH = 3


class Example(msgspec.Struct, frozen=True):
    """A text that a rule finds, or must not find. `span` is where the secret stands, in bytes, half-open."""

    text: str
    span: tuple[int, int]
    because: str | None


class PatternRule(msgspec.Struct, frozen=True):
    """One kind of credential, how it is found and what to do about it.

    `width` is the greatest number of bytes of a match; `provider` is the name of the rule's file, and rules of
    one provider know the same credentials.
    """

    id: str
    provider: str
    name: str
    severity: Severity
    confidence: Confidence
    keywords: tuple[str, ...]
    pattern: str
    width: int
    advice: str
    structure: str | None
    chosen: bool
    min_entropy: float
    min_classes: int
    context: tuple[str, ...]
    paths: tuple[str, ...]
    exclude_paths: tuple[str, ...]
    rotate: str | None
    references: tuple[str, ...]
    examples: tuple[Example, ...]
    counterexamples: tuple[Example, ...]


class RuleFaults(Error):
    """Every fault of every rule that does not load, one a line, as `file:line: rule: fault`."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class _WrittenExample(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    secret: str | tuple[str, ...] = ""
    because: str | None = None


class _WrittenRule(msgspec.Struct):
    """A rule as it stands in YAML; the keys of this class are the keys of the format."""

    id: str
    name: str
    severity: Literal["critical", "high", "medium", "low", "info"]
    confidence: Literal["high", "medium", "low"]
    keywords: Words
    advice: str
    references: Words
    examples: tuple[_WrittenExample, ...]
    counterexamples: tuple[_WrittenExample, ...]
    pattern: str | None = None
    names: Words = ()
    value: str | None = None
    structure: str | None = None
    chosen: bool = False
    min_entropy: float = 0.0
    min_classes: int = 0
    context: Words = ()
    paths: Words = ()
    exclude_paths: Words = ()
    rotate: str | None = None


_KEYS = {field.name: field.required for field in msgspec.structs.fields(_WrittenRule)}


def builtin_files() -> list[Path]:
    """The rule files that come with twlint: those of the installed package, else of the checkout."""
    package = Path(__file__).parent
    installed = package / "builtin_rules"
    root = installed if installed.is_dir() else package.parent / "rules"
    files = sorted(root.glob("*.yaml"))
    if not files:
        raise Error(f"{root}: no rules found; install twlint again")
    return files


def read_files(files: list[Path]) -> list[tuple[Path, bytes]]:
    """The content of rule files, in their order.

    Raises:
        Error: a file cannot be read.
    """
    contents = []
    for file in files:
        try:
            contents.append((file, file.read_bytes()))
        except OSError as error:
            raise Error(f"{file}: the rule file cannot be read: {error.strerror}") from None
    return contents


def load(files: list[Path]) -> tuple[PatternRule, ...]:
    """The rules of `files`, in the order of the files and of the rules in them.

    Reading YAML is slow, so the rules are kept in the cache under a digest of the files.

    Raises:
        RuleFaults: a rule does not load; all faults of all files are told.
        Error: a file cannot be read.
    """
    from linter import __version__

    contents = read_files(files)
    digest = hashlib.sha256(__version__.encode() + repr(msgspec.structs.fields(PatternRule)).encode())
    for file, content in contents:
        digest.update(repr((file.stem, len(content))).encode() + content)
    name = f"rules-{digest.hexdigest()[:32]}"
    if (stored := cache.read(name)) is not None:
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.msgpack.decode(stored, type=tuple[PatternRule, ...])
    rules = parse(contents)
    cache.write(name, msgspec.msgpack.encode(rules))
    return rules


def parse(contents: list[tuple[Path, bytes]]) -> tuple[PatternRule, ...]:
    """The rules in the YAML of `contents`.

    Raises:
        RuleFaults: a rule does not load; all faults of all files are told.
    """
    rules: list[PatternRule] = []
    faults: list[str] = []
    places: dict[str, str] = {}
    for file, content in contents:
        try:
            document = strict_yaml.load(content, str(file))
        except Error as error:
            faults.append(str(error))
            continue
        if not isinstance(document.value, list):
            faults.append(f"{file}:1: a rule file is a list of rules, each starting with `- id:`")
            continue
        for index, written in enumerate(document.value):
            place = f"{file}:{document.line((index,))}"
            rule, wrong = _rule(written, file, document, index)
            faults += wrong
            if rule and rule.id in places:
                faults.append(f"{place}: {rule.id}: this id stands already at {places[rule.id]}")
            elif rule:
                places[rule.id] = place
                rules.append(rule)
    if faults:
        raise RuleFaults(faults)
    return tuple(rules)


def _rule(
    value: strict_yaml.Value, file: Path, document: strict_yaml.Document, index: int
) -> tuple[PatternRule | None, list[str]]:
    """One rule, or the faults that keep it from being one."""
    name = value.get("id") if isinstance(value, dict) else None

    def fault(problem: str, *place: str | int) -> str:
        return f"{file}:{document.line((index, *place))}: {name or 'a rule without id'}: {problem}"

    if not isinstance(value, dict):
        return None, [fault("a rule is a mapping of keys")]
    faults = [fault(_unknown_key(key), key) for key in value if key not in _KEYS]
    faults += [fault(f"the key `{key}` is missing") for key, needed in _KEYS.items() if needed and key not in value]
    if faults:
        return None, faults
    try:
        written = msgspec.convert(value, _WrittenRule, strict=False)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at ")
        keys = re.findall(r"\w+", path)
        place = [int(key) if key.isdigit() else key for key in keys]
        return None, [fault(f"{'.'.join(keys)}: {problem}", *place)]
    faults = [fault(problem, key) for key, problem in _check(written)]
    if faults:
        return None, faults
    pattern = written.pattern or patterns.named_pattern(written.names, written.value or "")
    try:
        width = patterns.width(pattern)
    except patterns.PatternFault as error:
        return None, [fault(str(error), "pattern" if written.pattern else "value")]
    return _finished(written, file.stem, pattern, width), []


def _unknown_key(key: str) -> str:
    near = difflib.get_close_matches(key, _KEYS, n=1)
    return f"unknown key `{key}`" + (f"; did you mean `{near[0]}`?" if near else "")


def _check(written: _WrittenRule) -> list[tuple[str, str]]:
    """The faults that the types do not show, each with the key it stands at."""
    faults = []
    if not _ID.fullmatch(written.id):
        faults.append(("id", "the id must be words of a-z and 0-9 joined by `-`, the provider first"))
    if short := [word for word in written.keywords if len(word) < _KEYWORD_LENGTH]:
        faults.append(("keywords", f"keyword {short[0]!r} is shorter than {_KEYWORD_LENGTH} characters"))
    if not written.keywords:
        faults.append(("keywords", "at least one keyword is needed"))
    if (written.pattern is None) == (not written.names):
        faults.append(("pattern", "needs either `pattern`, or `names` and `value`"))
    if bool(written.names) != (written.value is not None):
        faults.append(("names", "`names` and `value` go together"))
    if written.structure is not None and written.structure not in STRUCTURES:
        faults.append(("structure", f"unknown structure; known are {', '.join(sorted(STRUCTURES))}"))
    if not written.examples or not written.counterexamples:
        faults.append(("examples", "at least one example and one counterexample are needed"))
    faults += [
        ("examples", "an example holds {secret} exactly once")
        for example in written.examples
        if example.text.count("{secret}") != 1
    ]
    return faults


def _finished(written: _WrittenRule, provider: str, pattern: str, width: int) -> PatternRule:
    fields: dict[str, Any] = {key: getattr(written, key) for key in _KEYS}
    for key in ("names", "value"):
        del fields[key]
    fields |= {
        "provider": provider,
        "severity": Severity[written.severity.upper()],
        "confidence": Confidence[written.confidence.upper()],
        "keywords": tuple(word.lower() for word in written.keywords),
        "pattern": pattern,
        "width": width,
        "context": tuple(word.lower() for word in written.context),
        "examples": tuple(_example(example) for example in written.examples),
        "counterexamples": tuple(_example(example) for example in written.counterexamples),
    }
    return PatternRule(**fields)


def _example(written: _WrittenExample) -> Example:
    """The text with the secret in its place; secrets are written in parts so that no file holds a whole one."""
    secret = written.secret if isinstance(written.secret, str) else "".join(written.secret)
    before, mark, after = written.text.partition("{secret}")
    if not mark:
        return Example(written.text, (0, 0), written.because)
    start = len(before.encode())
    return Example(before + secret + after, (start, start + len(secret.encode())), written.because)


def select(
    rules: tuple[PatternRule, ...], chosen: tuple[str, ...], ignored: tuple[str, ...]
) -> tuple[PatternRule, ...]:
    """The rules whose id is, or starts with a word of, `chosen` (all if it is empty), without those of `ignored`.

    Raises:
        Error: a name in `chosen` or `ignored` is no rule's id and no id's first words.
    """
    for name in (*chosen, *ignored):
        if not any(_names(name, rule) for rule in rules):
            near = difflib.get_close_matches(name, [rule.id for rule in rules], n=1)
            hint = f"; did you mean {near[0]}?" if near else "; `twlint rules list` shows all"
            raise Error(f"no rule is named {name}{hint}")
    return tuple(
        rule
        for rule in rules
        if (not chosen or any(_names(name, rule) for name in chosen))
        and not any(_names(name, rule) for name in ignored)
    )


def _names(name: str, rule: PatternRule) -> bool:
    return rule.id == name or rule.id.startswith(f"{name}-")
