"""AST rules: what only a parser can see. One file a rule, each with its examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.ast_rules.analysis import Analysis, analyse, analyse_notebook
from linter.ast_rules.base import AstCandidate, AstRule, Example, Sort
from linter.ast_rules.cassette_without_filter import CassetteWithoutFilter
from linter.ast_rules.cli_option_default_secret import CliOptionDefaultSecret
from linter.ast_rules.constant_oauth_state import ConstantOauthState
from linter.ast_rules.credential_in_query_string import CredentialInQueryString
from linter.ast_rules.credential_in_request_url import CredentialInRequestUrl
from linter.ast_rules.credentials_in_url import CredentialsInUrl
from linter.ast_rules.credentials_over_http import CredentialsOverHttp
from linter.ast_rules.environment_dumped import EnvironmentDumped
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
from linter.ast_rules.hardcoded_credential_typed import HardcodedCredentialTyped
from linter.ast_rules.hardcoded_crypto_key import HardcodedCryptoKey
from linter.ast_rules.http_debug_logging import HttpDebugLogging
from linter.ast_rules.insecure_oauth_transport import InsecureOauthTransport
from linter.ast_rules.insecure_random_token import InsecureRandomToken
from linter.ast_rules.jwt_hardcoded_key import JwtHardcodedKey
from linter.ast_rules.jwt_verification_disabled import JwtVerificationDisabled
from linter.ast_rules.login_without_tls import LoginWithoutTls
from linter.ast_rules.non_constant_time_comparison import NonConstantTimeComparison
from linter.ast_rules.private_key_literal import PrivateKeyLiteral
from linter.ast_rules.secret_in_exception import SecretInException
from linter.ast_rules.secret_logged import SecretLogged
from linter.ast_rules.secret_on_command_line import SecretOnCommandLine
from linter.ast_rules.secret_printed import SecretPrinted
from linter.ast_rules.secret_typed_in_clear import SecretTypedInClear
from linter.ast_rules.secret_written_to_file import SecretWrittenToFile
from linter.ast_rules.short_token import ShortToken
from linter.ast_rules.tls_verification_off_with_credentials import TlsVerificationOffWithCredentials
from linter.ast_rules.token_column_in_clear import TokenColumnInClear
from linter.ast_rules.token_cookie_without_flags import TokenCookieWithoutFlags
from linter.ast_rules.weak_or_default_password import WeakOrDefaultPassword

if TYPE_CHECKING:
    from linter.sinks import Sinks

__all__ = [
    "RULES",
    "Analysis",
    "AstCandidate",
    "AstRule",
    "Example",
    "Sort",
    "analyse",
    "analyse_notebook",
    "builtin",
]

RULES: tuple[type[AstRule], ...] = (
    CassetteWithoutFilter,
    CliOptionDefaultSecret,
    ConstantOauthState,
    CredentialInQueryString,
    CredentialInRequestUrl,
    CredentialsInUrl,
    CredentialsOverHttp,
    EnvironmentDumped,
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
    HardcodedCredentialTyped,
    HardcodedCryptoKey,
    HttpDebugLogging,
    InsecureOauthTransport,
    InsecureRandomToken,
    JwtHardcodedKey,
    JwtVerificationDisabled,
    LoginWithoutTls,
    NonConstantTimeComparison,
    PrivateKeyLiteral,
    SecretInException,
    SecretLogged,
    SecretOnCommandLine,
    SecretPrinted,
    SecretTypedInClear,
    SecretWrittenToFile,
    ShortToken,
    TlsVerificationOffWithCredentials,
    TokenColumnInClear,
    TokenCookieWithoutFlags,
    WeakOrDefaultPassword,
)
"""Every rule that comes with twlint, by name."""


def builtin(sinks: Sinks) -> tuple[AstRule, ...]:
    """The rules, ready to run with `sinks`; those that are opt-in included."""
    return tuple(rule(sinks) for rule in RULES)
