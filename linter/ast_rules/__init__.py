"""AST rules: what only a parser can see. One file a rule, each with its examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.ast_rules.analysis import Analysis, analyse
from linter.ast_rules.base import AstCandidate, AstRule, Example, Sort
from linter.ast_rules.cli_option_default_secret import CliOptionDefaultSecret
from linter.ast_rules.credential_in_query_string import CredentialInQueryString
from linter.ast_rules.credentials_in_url import CredentialsInUrl
from linter.ast_rules.environment_fallback_secret import EnvironmentFallbackSecret
from linter.ast_rules.framework_secret_key import FrameworkSecretKey
from linter.ast_rules.hardcoded_auth_header import HardcodedAuthHeader
from linter.ast_rules.hardcoded_credential_assignment import HardcodedCredentialAssignment
from linter.ast_rules.hardcoded_credential_class_attribute import HardcodedCredentialClassAttribute
from linter.ast_rules.hardcoded_credential_comparison import HardcodedCredentialComparison
from linter.ast_rules.hardcoded_credential_default_argument import HardcodedCredentialDefaultArgument
from linter.ast_rules.hardcoded_credential_in_mapping import HardcodedCredentialInMapping
from linter.ast_rules.hardcoded_credential_keyword import HardcodedCredentialKeyword
from linter.ast_rules.hardcoded_credential_known_client import HardcodedCredentialKnownClient
from linter.ast_rules.hardcoded_crypto_key import HardcodedCryptoKey
from linter.ast_rules.jwt_hardcoded_key import JwtHardcodedKey
from linter.ast_rules.private_key_literal import PrivateKeyLiteral
from linter.ast_rules.weak_or_default_password import WeakOrDefaultPassword
from linter.ast_rules.prefilter import Prefilter

if TYPE_CHECKING:
    from linter.sinks import Sinks

__all__ = ["RULES", "Analysis", "AstCandidate", "AstRule", "Example", "Prefilter", "Sort", "analyse", "builtin"]

RULES: tuple[type[AstRule], ...] = (
    CliOptionDefaultSecret,
    CredentialInQueryString,
    CredentialsInUrl,
    EnvironmentFallbackSecret,
    FrameworkSecretKey,
    HardcodedAuthHeader,
    HardcodedCredentialAssignment,
    HardcodedCredentialClassAttribute,
    HardcodedCredentialComparison,
    HardcodedCredentialDefaultArgument,
    HardcodedCredentialInMapping,
    HardcodedCredentialKeyword,
    HardcodedCredentialKnownClient,
    HardcodedCryptoKey,
    JwtHardcodedKey,
    PrivateKeyLiteral,
    WeakOrDefaultPassword,
)
"""Every rule that comes with twlint, by name."""


def builtin(sinks: Sinks) -> tuple[AstRule, ...]:
    """The rules, ready to run with `sinks`; those that are opt-in included."""
    return tuple(rule(sinks) for rule in RULES)
