"""Rule files: from YAML to rules, with every fault told by its file and line."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_args

import msgspec

from linter import bindings, cache, patterns, strict_yaml
from linter.file_structures import FILE_STRUCTURES
from linter.model import Confidence, Error, Severity
from linter.rules import Example, PatternRule
from linter.stored_credentials import STORED_CREDENTIALS
from linter.structures import STRUCTURES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["RuleFaults", "builtin_files", "builtin_folder", "kept", "load", "parse", "read_files"]

Contents = list[tuple[Path, bytes]]
Read = TypeVar("Read")

Words = tuple[Annotated[str, msgspec.Meta(min_length=1)], ...]
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_KEYWORD_LENGTH = 3
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SECRET, _OTHER = "{secret}", "{other}"


class RuleFaults(Error):
    """Every fault of every rule that does not load, one a line, as `file:line: rule: fault`."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class _WrittenExample(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    secret: str | tuple[str, ...] = ""
    others: tuple[str | tuple[str, ...], ...] = ()
    because: str | None = None
    path: str = ""
    bytes: str = ""


class _WrittenRule(msgspec.Struct):
    """A rule as it stands in YAML; the keys of this class are the keys of the format."""

    id: str
    name: str
    severity: Literal["critical", "high", "medium", "low", "info"]
    confidence: Literal["high", "medium", "low"]
    advice: str
    references: Words
    examples: tuple[_WrittenExample, ...]
    counterexamples: tuple[_WrittenExample, ...]
    keywords: Words = ()
    pattern: str | None = None
    hint: str | None = None
    names: Words = ()
    value: str | None = None
    values: Literal["chosen", "random", "encoded"] | None = None
    structure: str | None = None
    chosen: bool = False
    bound: bool = False
    min_entropy: float = 0.0
    min_classes: int = 0
    context: Words = ()
    context_of: str | None = None
    context_on: Literal["content", "line"] = "content"
    without_context: Literal["high", "medium", "low"] | None = None
    unless: Words = ()
    parts: tuple[str | Words, ...] = ()
    within: int = 0
    practice: bool = False
    paths: Words = ()
    exclude_paths: Words = ()
    rotate: str | None = None
    reach: str = ""
    breaks: str = ""
    policy: Words = ()
    samples: Words = ()


_KEYS = {field.name: field.required for field in msgspec.structs.fields(_WrittenRule)}


def builtin_folder() -> Path:
    """The folder of the rules that come with twlint: that of the installed package, else of the checkout."""
    package = Path(__file__).parent
    installed = package / "builtin_rules"
    return installed if installed.is_dir() else package.parent / "rules"


def builtin_files() -> list[Path]:
    """The rule files that come with twlint.

    Raises:
        Error: there are none; the installation is broken.
    """
    files = sorted(builtin_folder().glob("*.yaml"))
    if not files:
        raise Error(f"{builtin_folder()}: no rules found; install twlint again")
    return files


def read_files(files: list[Path]) -> Contents:
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

    Raises:
        RuleFaults: a rule does not load; all faults of all files are told.
        Error: a file cannot be read.
    """
    return kept(tuple[PatternRule, ...], read_files(files), parse)


def kept(kind: type[Read], contents: Contents, read: Callable[[Contents], Read]) -> Read:
    """What `read` makes of `contents`, which is of the type `kind`.

    Reading YAML is slow, so it is kept in the cache under a digest of the files and of what it is made of.
    """
    from linter import __version__

    made_of = [msgspec.structs.fields(each) for each in (kind, *get_args(kind)) if hasattr(each, "__struct_fields__")]
    digest = hashlib.sha256(f"{__version__} {kind} {made_of} {patterns.ASSIGNMENT} {bindings.SYNTAX}".encode())
    for file, content in contents:
        digest.update(repr((file.stem, len(content))).encode() + content)
    name = f"rules-{digest.hexdigest()[:32]}"
    if (stored := cache.read(name)) is not None:
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.msgpack.decode(stored, type=kind)
    made = read(contents)
    cache.write(name, msgspec.msgpack.encode(made))
    return made


def parse(contents: Contents) -> tuple[PatternRule, ...]:
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
    known = {rule.id: rule for rule in rules}
    faults += [f"{places[rule.id]}: {rule.id}: {problem}" for rule in rules for problem in _unresolved(rule, known)]
    if faults:
        raise RuleFaults(faults)
    return tuple(_resolved(rule, known) for rule in rules)


def _unresolved(rule: PatternRule, known: Mapping[str, PatternRule]) -> list[str]:
    """What is wrong with the ids that `rule` names."""
    named = [part for parts in rule.parts for part in parts] + ([rule.context_of] if rule.context_of else [])
    wrong = [f"no rule is named {name}" for name in named if name not in known]
    groups = {name.replace("-", "_") for parts in rule.parts for name in parts}
    if rule.parts and rule.pattern:
        wrong += [
            f"the group {group} of the pattern is none of the parts"
            for group in re.findall(r"\(\?P<(\w+)>", rule.pattern)
            if group not in groups
        ]
    return wrong


def _resolved(rule: PatternRule, known: Mapping[str, PatternRule]) -> PatternRule:
    """The rule with the context of the rule whose context it shares."""
    if rule.context_of is None:
        return rule
    shared = known[rule.context_of]
    return msgspec.structs.replace(rule, context=shared.context, unless=(*shared.unless, *rule.unless))


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
    if written.bound:
        return _bound(written, file.stem), []
    pattern = written.pattern or (patterns.named_pattern(written.names, written.value or "") if written.names else "")
    key = "pattern" if written.pattern else "value"
    try:
        width = patterns.width(pattern, is_set=bool(written.parts)) if pattern else 0
        key = "hint"
        hint_width = width if written.hint is None else patterns.hint_width(written.hint)
    except patterns.PatternFault as error:
        return None, [fault(str(error), key)]
    return _finished(written, file.stem, pattern, (width, hint_width)), []


def _bound(written: _WrittenRule, provider: str) -> PatternRule:
    """A rule that knows a secret by its name alone, whose patterns are made of syntaxes."""
    names, values = written.names, str(written.values)
    widths = bindings.BEFORE, patterns.hint_width(bindings.hint(names, values))
    return _finished(written, provider, bindings.reader(names, values), widths)


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
    if _is_by_path(written):
        return [*faults, *_check_file_examples(written)]
    if not written.keywords and not written.structure and not written.parts:
        faults.append(("keywords", "at least one keyword is needed where no structure proves the kind"))
    if (written.pattern is None) == (not written.names) and not written.parts:
        faults.append(("pattern", "needs either `pattern`, or `names` and `value`"))
    return [*faults, *_check_set(written), *_check_examples(written)]


def _is_by_path(written: _WrittenRule) -> bool:
    """True for a rule that knows files by their paths: a practice, or one on what they store."""
    has_pattern = written.pattern is not None or written.names or written.parts
    return bool(written.paths) and not has_pattern and (written.practice or written.structure in STORED_CREDENTIALS)


def _check_file_examples(written: _WrittenRule) -> list[tuple[str, str]]:
    """The faults of a rule that knows files by their paths."""
    faults = []
    if written.practice and written.structure is not None and written.structure not in FILE_STRUCTURES:
        known = ", ".join(sorted(FILE_STRUCTURES))
        faults.append(("structure", f"unknown structure of a file; known are {known}"))
    if not written.examples or not written.counterexamples:
        faults.append(("examples", "at least one example and one counterexample are needed"))
    for each in (*written.examples, *written.counterexamples):
        if not each.path:
            faults.append(("examples", "an example of a rule on paths has a `path`"))
        if not re.fullmatch(r"(?:[0-9A-Fa-f]{2} ?)*", each.bytes):
            faults.append(("examples", "`bytes` are pairs of hexadecimal digits"))
    return faults


def _check_set(written: _WrittenRule) -> list[tuple[str, str]]:
    faults = []
    if written.parts and (written.names or len(written.parts) < 2 or written.within < 1):
        faults.append(("parts", "a set has two parts or more, `within` so many lines, and no `names`"))
    if written.without_context and not (written.context or written.context_of):
        faults.append(("without_context", "`without_context` needs `context` or `context_of`"))
    if wrong := [sample for sample in written.samples if not _DIGEST.fullmatch(sample)]:
        faults.append(("samples", f"{wrong[0]!r} is no SHA-256 digest in hexadecimal digits"))
    if written.bound and not (written.names and written.values):
        faults.append(("bound", "a `bound` rule has `names` and `values`"))
    if bool(written.names) != (written.value is not None or written.bound):
        faults.append(("names", "`names` and `value` go together"))
    if written.structure is not None and written.structure not in STRUCTURES:
        faults.append(("structure", f"unknown structure; known are {', '.join(sorted(STRUCTURES))}"))
    return faults


def _check_examples(written: _WrittenRule) -> list[tuple[str, str]]:
    faults = []
    if not written.examples or not written.counterexamples:
        faults.append(("examples", "at least one example and one counterexample are needed"))
    faults += [
        ("examples", f"an example holds {_SECRET} exactly once, and {_OTHER} as often as `others` has entries")
        for example in written.examples
        if example.text.count(_SECRET) != 1 or example.text.count(_OTHER) != len(example.others)
    ]
    return faults


def _finished(written: _WrittenRule, provider: str, pattern: str, widths: tuple[int, int]) -> PatternRule:
    fields: dict[str, Any] = {key: getattr(written, key) for key in _KEYS}
    for key in ("names", "value", "values"):
        del fields[key]
    fields |= {
        "provider": provider,
        "severity": Severity[written.severity.upper()],
        "confidence": Confidence[written.confidence.upper()],
        "keywords": tuple(word.lower() for word in written.keywords),
        "pattern": pattern,
        "hint": bindings.hint(written.names, str(written.values)) if written.bound else written.hint,
        "opt_in": False,
        "is_parsed": False,
        "width": widths[0],
        "hint_width": widths[1],
        "context": tuple(word.lower() for word in written.context),
        "without_context": Confidence[written.without_context.upper()] if written.without_context else None,
        "unless": tuple(word.lower() for word in written.unless),
        "parts": tuple((part,) if isinstance(part, str) else part for part in written.parts),
        "examples": tuple(_example(example) for example in written.examples),
        "counterexamples": tuple(_example(example) for example in written.counterexamples),
    }
    return PatternRule(**fields)


def _example(written: _WrittenExample) -> Example:
    """The text with the secrets in their places; they are written in parts so that no file holds a whole one."""
    text = written.text
    for other in written.others:
        text = text.replace(_OTHER, _joined(other), 1)
    secret = _joined(written.secret)
    before, mark, after = text.partition(_SECRET)
    if not mark:
        content = bytes.fromhex(written.bytes) if written.bytes else text.encode()
        return Example(text, (0, 0), written.because, written.path, content)
    start = len(before.encode())
    text = before + secret + after
    span = start, start + len(secret.encode())
    return Example(text, span, written.because, written.path, text.encode())


def _joined(parts: str | tuple[str, ...]) -> str:
    return parts if isinstance(parts, str) else "".join(parts)
