"""Recorded requests that keep their credentials."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good
from linter.model import Confidence, Severity
from linter.python import terminal_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["CassetteWithoutFilter"]

_RECORDERS = frozenset({"vcr.VCR", "vcr.config.VCR", "betamax.Betamax"})
_FILTERS = (
    b"filter_headers",
    b"before_record_request",
    b"before_record",
    b"filter_query_parameters",
    b"filter_post_data",
    b"define_cassette_placeholder",
)


class CassetteWithoutFilter(AstRule):
    """Requests are recorded for tests without a filter for the headers that carry credentials.

    The recordings are committed, and the credentials with them. Filter `authorization`, `cookie` and keys.
    """

    id = "cassette-without-filter"
    name = "Recordings that keep credentials"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    sort = Sort.PRACTICE
    advice = "Give filter_headers with authorization, cookie and the names of keys."
    examples = bad(
        'import vcr\nmy_vcr = «vcr.VCR(cassette_library_dir="c")»',
    )
    counterexamples = good(
        'import vcr\nmy_vcr = vcr.VCR(filter_headers=["authorization"])',
    )

    @property
    def marks(self) -> Marks:
        """A recorder."""
        return ((rb"import vcr|from vcr|vcr_config|betamax",),)

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Configurations of recorders."""
        is_filtered = any(mark in module.lowered for mark in _FILTERS)
        for _, call, _ in module.calls_to(_RECORDERS):
            if not is_filtered:
                yield self.practice(module, call, "no filter for headers")
        for function, _ in module.functions:
            if isinstance(function, ast.FunctionDef) and not is_filtered and _is_configuration(function):
                yield self.practice(module, function, "no filter for headers")


def _is_configuration(function: ast.FunctionDef) -> bool:
    """True for the fixture by which pytest-recording is configured."""
    decorators = [each.func if isinstance(each, ast.Call) else each for each in function.decorator_list]
    return function.name == "vcr_config" and any(terminal_name(each) == "fixture" for each in decorators)
