"""Random reports whose every text is an adversary's: for what must hold of each format, whatever is reported."""

from __future__ import annotations

from hypothesis import strategies as st

from linter.model import (
    Commit,
    Confidence,
    Coverage,
    Finding,
    Frame,
    Guidance,
    Occurrence,
    Report,
    Secret,
    Severity,
    Skip,
    SkipKind,
    State,
    Status,
)
from tests import invented

__all__ = ["SECRETS", "reports"]

SECRETS = (invented.github_token(7), invented.slack_token(7), invented.password(7))

_PIECES = (
    "]]>", "<![CDATA[", "&amp;", "<!--", "<script>alert(1)</script>", "<img src=x onerror=y>", "\"'>", "&#0;", "&#xD;",
    "::error::x", "\n::add-mask::x", "%0A::warning::x", "\r", "\r\n", ",title=x", "file=y", "##[error]x", "%",
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=x", ";=cmd|'/C calc'!A0", ",=x", '"=x"', "\uff1d1", '""', '","',
    "[x](https://evil.test)", "![x](https://evil.test/a.png)", "[a](1)", "{0}", "{1}", "{{", "`", "```", "``x`",
    "|", "\\|", "\\", "**", "__", "~~", "# x", "- x", "1. x", "> x", "    x", "www.evil.test", "https://evil.test",
    "@everyone", "<https://evil.test>", "$(id)", "&lt;", "\x00", "\x1b[31m", "\x9b", "\x7f", "\u2028", "\u202e",
    "\ufffe", "\uffff", "\ufeff", "\U0010ffff", "\udc80\udcff", "\ud800", "../", "/", "//", ":", "?", "#", "C:\\x", "file:///x",
    "a", " ", "Ä", "日本", "\U0001f511",
)  # fmt: skip

_pieces = st.sampled_from(_PIECES)
_texts = st.lists(_pieces, max_size=3).map("".join)
_any_texts = _texts | st.text(st.characters(), max_size=4)
_paths = _texts.map(lambda text: text.replace("\x00", "").replace("\ud800", "") or "a")
_numbers = st.integers(1, 5)


@st.composite
def _occurrences(draw: st.DrawFn) -> Occurrence:
    line, column = draw(_numbers), draw(_numbers)
    is_committed = draw(st.booleans())
    return Occurrence(
        draw(_paths),
        line,
        column,
        line + draw(st.integers(0, 1)),
        column + draw(_numbers),
        draw(st.sampled_from(State)),
        "c" * 40 if is_committed else None,
        "b" * 40 if is_committed else None,
        draw(st.none() | _any_texts),
    )


@st.composite
def _findings(draw: st.DrawFn) -> Finding:
    occurrences = tuple(draw(st.lists(_occurrences(), min_size=1, max_size=2)))
    status = draw(st.sampled_from(Status))
    token, slack, password = SECRETS
    return Finding(
        rule=draw(st.sampled_from(("acme-key", "other-token"))),
        name=draw(_any_texts),
        severity=draw(st.sampled_from(Severity)),
        confidence=draw(st.sampled_from(Confidence)),
        evidence=tuple(draw(st.lists(_any_texts, max_size=2))),
        secret=draw(
            st.sampled_from(
                (
                    Secret(token.encode(), prefix="ghp_"),
                    Secret(slack.encode(), prefix="xoxb-"),
                    Secret(password.encode(), chosen=True),
                )
            )
        ),
        fingerprint=draw(st.sampled_from(("0f", "0f" * 16))),
        occurrences=occurrences,
        frame=Frame(draw(_numbers), tuple(draw(st.lists(_any_texts, max_size=3)))),
        state=occurrences[0].state,
        status=status,
        status_reason="" if status is Status.NEW else draw(_any_texts),
        introduced=draw(st.none() | st.builds(Commit, st.just("c" * 40), _any_texts, _any_texts, _any_texts)),
        guidance=Guidance(
            draw(_any_texts),
            draw(st.none() | st.just("https://a.test/rotate?x=1") | _any_texts),
            references=tuple(draw(st.lists(st.just("https://a.test/docs") | _any_texts, max_size=2))),
        ),
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report with findings, skips and notices of any kind."""
    skips = st.builds(Skip, _paths, _any_texts, st.sampled_from(SkipKind))
    return Report(
        tuple(draw(st.lists(_findings(), max_size=2))),
        Coverage(files=draw(_numbers), skipped=tuple(draw(st.lists(skips, max_size=2)))),
        tuple(draw(st.lists(_any_texts, max_size=2))),
    )
