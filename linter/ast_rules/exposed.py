"""Expressions that hold a secret at run time, known by their names and by where they come from."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from linter import value_score
from linter.ast_rules.marks import NAME, certain, imports
from linter.credential_names import classify, words
from linter.python import Scope, terminal_name
from linter.python.names import key_of
from linter.python.scopes import How
from linter.word_sets import word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import Marks
    from linter.python import Module

__all__ = ["CLIENTS", "LOG_LEVELS", "exposing", "secret_in", "sends_secrets"]

_DEPTH = 10
_CERTAIN, _LIKELY = 3, 2
CLIENTS = word_set(
    "requests httpx aiohttp urllib urllib3 jwt jose boto3 botocore tweepy twitter twython twarc getpass keyring hvac"
    " openai anthropic stripe twilio slack_sdk github gitlab paramiko smtplib requests_oauthlib authlib oauthlib msal"
    " google azure praw telegram discord tweepy xdk pytwitter peony"
)
_PARSERS = word_set(
    "tokenize token ply nltk spacy transformers tokenizers tiktoken pygments lark sly pyparsing antlr4 parso lib2to3"
    " torch tensorflow sentencepiece shlex sqlparse jinja2 lexer tokenizer ast parser pgen2 blib2to3"
)
LOG_LEVELS = word_set("debug info warning warn error critical exception fatal log trace success notice msg bind")
_SECRET_CALLS = frozenset({"getpass.getpass", "keyring.get_password"})
_SANITISED = re.compile(
    r"^(?:len|bool|type|hash|id|isinstance|hasattr|sha\w*|md5|\w*digest|\w*(?:mask|redact|sanitiz|sanitis|obfuscat|censor"
    r"|truncat|fingerprint|hide|anonymi|scrub|hash|encrypt|shorten)\w*)$"
)
_PASSED_ON = word_set("str repr format bytes dict list tuple b64encode dumps join quote pformat")
_METHODS = word_set("encode decode strip get_secret_value lower upper hex reveal expose")

_WRITES = word_set("write writelines write_text write_bytes")
_SURE = rb"passw|passphrase|secret|authorization|getpass|keyring|pswd|" + certain()
_LOOKED_UP = rb"(?:environ|getenv|getattr|config|\benv\b|secrets|\bget)\w*[(\[.][^\n]*" + NAME


def exposing(way: bytes) -> Marks:
    """The marks of a source in which a secret may be shown in some way."""
    return ((way, _SURE), (way, NAME, imports(CLIENTS)), (way, _LOOKED_UP))


def sends_secrets(module: Module) -> bool:
    """True if the module works with credentials: what it calls a token is then one."""
    return bool(module.imports & CLIENTS) and not module.imports & _PARSERS


def secret_in(module: Module, node: ast.expr, scope: Scope) -> str | None:
    """The name of a secret that the text of `node` would hold, or None."""
    return next(_secrets(module, node, scope, 0), None)


def _secrets(module: Module, node: ast.expr, scope: Scope, depth: int) -> Iterator[str]:
    if depth > _DEPTH:
        return
    if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
        yield from _named(module, node, scope, depth)
    elif isinstance(node, ast.Call):
        yield from _called(module, node, scope, depth)
    else:
        for part in _parts(node):
            yield from _secrets(module, part, scope, depth + 1)


def _parts(node: ast.expr) -> list[ast.expr]:
    """The expressions whose text stands in the text of `node`."""
    if isinstance(node, ast.JoinedStr):
        return [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    if isinstance(node, ast.BinOp):
        is_repeated = isinstance(node.op, ast.Mult)
        return [] if is_repeated else [node.left, node.right]
    if isinstance(node, (ast.Tuple, ast.List)):
        return node.elts
    if isinstance(node, ast.Dict):
        return node.values
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    return [node.value] if isinstance(node, (ast.Await, ast.NamedExpr, ast.Starred)) else []


def _named(module: Module, node: ast.Name | ast.Attribute | ast.Subscript, scope: Scope, depth: int) -> Iterator[str]:
    if isinstance(node, ast.Subscript):
        if isinstance(node.slice, ast.Slice):
            return
        if module.qualified(node.value, scope) == "os.environ" and classify(key_of(node.slice)).strength >= _LIKELY:
            yield key_of(node.slice)
            return
    name = terminal_name(node)
    if _is_secret(module, name):
        if not _is_told(module, node, scope):
            yield name
        return
    found = module.bindings(node, scope)
    value = found[0].node if len(found) == 1 and found[0].how is How.VALUE else None
    if isinstance(value, (ast.Call, ast.Subscript, ast.JoinedStr, ast.Dict)):
        yield from _secrets(module, value, found[0].scope, depth + 3)


def _is_told(module: Module, node: ast.expr, scope: Scope) -> bool:
    """True if what the name stands for is known, and is no secret: made safe, or a plain literal."""
    found = module.bindings(node, scope)
    return bool(found) and all(
        binding.how is How.VALUE
        and (
            isinstance(binding.node, (ast.Compare, ast.Lambda))
            or (isinstance(binding.node, ast.Constant) and not value_score.score(key_of(binding.node)))
            or (isinstance(binding.node, ast.Call) and _SANITISED.match(terminal_name(binding.node.func)) is not None)
            or (isinstance(binding.node, ast.Subscript) and isinstance(binding.node.slice, ast.Slice))
        )
        for binding in found
    )


def _is_secret(module: Module, name: str) -> bool:
    named = classify(name)
    if named.is_token and module.imports & _PARSERS:
        return False
    if words(name)[-1:] == ("credential",):  # an object, more often than a text
        return False
    return named.strength >= _CERTAIN or (named.strength >= _LIKELY and sends_secrets(module))


def _called(module: Module, node: ast.Call, scope: Scope, depth: int) -> Iterator[str]:
    name = terminal_name(node.func)
    qualified = module.qualified(node.func, scope)
    if _SANITISED.match(name):
        return
    if qualified in _SECRET_CALLS:
        yield "what was typed in"
    elif module.is_lookup(node, scope):
        key = next((key_of(argument) for argument in node.args[:2] if key_of(argument)), "")
        if classify(key).strength >= _LIKELY:
            yield key
    elif name in _PASSED_ON:
        for part in (*node.args, *(keyword.value for keyword in node.keywords if keyword.arg)):
            yield from _secrets(module, part, scope, depth + 1)
    elif isinstance(node.func, ast.Attribute) and name in _METHODS:
        yield from _secrets(module, node.func.value, scope, depth + 1)
