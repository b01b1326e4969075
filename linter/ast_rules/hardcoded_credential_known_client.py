"""A credential in a call of a library whose arguments are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.ast_rules import commands
from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.judging import by_kind, confidence_of
from linter.ast_rules.marks import calls
from linter.ast_rules.sink_calls import carried
from linter.model import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["HardcodedCredentialKnownClient"]

_COMMON = frozenset({"requests", "httpx", "aiohttp", "urllib", "urllib3"})
"""Their credentials stand where one of the keywords does."""


class HardcodedCredentialKnownClient(AstRule):
    """A known client or program gets a literal where it takes a credential, as an argument or as an attribute.

    What the credential is follows from the library and the position, whatever names are used. Let the client read
    its own variable, or pass what was read from the environment.
    """

    id = "hardcoded-credential-known-client"
    name = "Hardcoded credential in a client call"
    severity = Severity.CRITICAL
    confidence = Confidence.HIGH
    sort = Sort.SECRET
    advice = "Let the client read its own environment variable or pass what was read from one, and revoke the value."
    rank = 80
    examples = bad(
        'import tweepy\nK = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"\nclient = tweepy.Client(bearer_token=K)',
        'import tweepy as tp\ntp.Client("«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        'from tweepy import OAuth1UserHandler as H\nH("«7hGk2PzQ~9sWx4TrB6nYv»", "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        'import requests\nrequests.get("https://x.example.test", auth=("app", "«Zx9!k~Lm2#Qp»"))',
        'from requests.auth import HTTPBasicAuth\nHTTPBasicAuth("app", "«Zx9!k~Lm2#Qp»")',
        'from requests_oauthlib import OAuth1Session\ns = OAuth1Session("«7hGk2PzQ~9sWx4TrB6nYv»", '
        '"«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»", "«7hGk2PzQ~9sWx4TrB6nYv»", "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        'import smtplib\ns = smtplib.SMTP_SSL("mx.example.test")\ns.login("bot", "«Zx9!k~Lm2#Qp»")',
        'import smtplib\nwith smtplib.SMTP_SSL("mx.example.test") as s:\n    s.login("bot", "«Zx9!k~Lm2#Qp»")',
        'import paramiko\nssh = paramiko.SSHClient()\nssh.connect("h", 22, "u", "«Zx9!k~Lm2#Qp»")',
        'from twilio.rest import Client\nClient("AC0", "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        'import stripe\nstripe.api_key = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'import psycopg2\npsycopg2.connect(host="db", user="app", password="«Zx9!k~Lm2#Qp»")',
        'import boto3\nboto3.client("s3", aws_secret_access_key="«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        'import subprocess\nsubprocess.run(["curl", "-u", "app:«Zx9!k~Lm2#Qp»", "https://x.example.test"])',
        'import os\nos.system("mysql -uroot -p«Zx9!k~Lm2#Qp» shop")',
        'import subprocess\nsubprocess.run(["tool", "--api-token", "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"])',
        'import redis\nr = redis.Redis("h", 6379, 0, "«Zx9!k~Lm2#Qp»")',
        'import oracledb\noracledb.connect("app/«Zx9k~Lm2Qp»@db.example.test:1521/XE")',
        'import oracledb\noracledb.connect(dsn="app/«Zx9k@~Lm2/Qp»@db.example.test/XE")',
        'import cx_Oracle\nDB_PW = "«Zx9k~Lm2Qp»"\ncx_Oracle.connect(f"{user}/{DB_PW}@{host}/XE")',
        'import tweepy\nkeys = ["«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»", "another"]\ntweepy.Client(bearer_token=keys[0])',
        'import stripe\nfor key in ["«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"]:\n    stripe.api_key = key',
        'import groq, random\nALL = ("«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»",)\ngroq.Groq(api_key=random.choice(ALL))',
        'import groq, itertools\nKEYS = itertools.cycle(["«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"])\ngroq.Groq(api_key=next(KEYS))',
        'import subprocess\nsubprocess.run(["sshpass", "-p", "«Zx9!k~Lm2#Qp»", "ssh", "h"])',
        'import subprocess\nsubprocess.run(["docker", "login", "-u", "ci", "-p", "«Zx9!k~Lm2#Qp»"])',
        'import subprocess\nsubprocess.run(["mysqldump", "-p«Zx9!k~Lm2#Qp»", "shop"])',
        'import openai\nopenai.OpenAI(user="anonymous", api_key="«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        "import os\nos.system(\"mysqldump -u app -p'«Zx9!k~Lm2#Qp»' shop\")",
    )
    counterexamples = good(
        'import tweepy\nimport os\ntweepy.Client(os.environ["BEARER_TOKEN"])',
        "import requests\nrequests.get(u, auth=(user, password))",
        'import requests\nrequests.get(u, auth=("", ""))',
        'import jwt, stripe\njwt.decode(t, options={"verify_signature": False})',
        'import redis\nredis.Redis("h", 6379, 0)',
        'import boto3\nboto3.client("s3", aws_access_key_id="testing", aws_secret_access_key="testing")',
        'import openai\nopenai.OpenAI(api_key="EMPTY")',
        'import tweepy\ntweepy.Client("<bearer token>")',
        'import oracledb\noracledb.connect("/@db1.example.test/XE")',
        'import oracledb\noracledb.connect(f"app/{password}@db1.example.test/XE")',
        'import oracledb\noracledb.connect("db1.example.test:1521/ORCL9pdb1")',
        'import oracledb\noracledb.connect("tcps://db1.example.test/ORCL9pdb1?wallet=a@b")',
        'import tweepy\nkeys = ["«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»", load()]\ntweepy.Client(bearer_token=keys[1])',
        'import stripe\nfor k in read("q8Zt3Lw9.txt"):\n    stripe.api_key = k',
        'import subprocess\nsubprocess.run(["docker", "run", "-u", "1000:1000", "--token-file", "a1b2c3d4e5f6a7b8"])',
        'import subprocess\nsubprocess.run(["docker", "run", "-p", "8080:8080", "web"])',
        'import subprocess\nsubprocess.run(["mysql", "-u", "app", "-p", "Shop#Data_2031"])',
        'import subprocess\nsubprocess.run(["mkdir", "-p", "build/a1b2c3d4e5f6"])',
        'import ftplib\nftp = ftplib.FTP("h")\nftp.login("anonymous", "m3@example.test")',
        'import ftplib\nftplib.FTP("h", "anonymous", "anonymous@")',
        'import tweepy\ntweepy.OAuthHandler(key, secret, "https://example.test/callback")',
    )

    @property
    def marks(self) -> Marks:
        """A known library and a name of it, or a program that is started with an option for a credential."""
        common = rb"auth\s*=|basicauth|digestauth|proxyauth|add_password|basic_auth"
        return (
            *calls(name for name in self.sinks.called("client") if name.partition(".")[0] not in _COMMON),
            (common,),
            (commands.STARTS, commands.OPTIONS),
            (commands.STARTS, commands.TAKES_P, commands.P),
        )

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Arguments of known calls, and known attributes."""
        for found in carried(module, self.sinks, "client"):
            value, kind, confidence, evidence = found
            yield from self.secret(
                value,
                (0, len(value.text)),
                confidence,
                evidence,
                severity=kind.severity,
                kind=kind.id,
                chosen=kind.chosen,
            )
        for value, span, score, option in commands.given(module, self.sinks):
            evidence = (f"option {shown(option.lstrip('-'))} of a program", "value: a literal")
            yield from self.secret(value, span, confidence_of(score), evidence, severity=Severity.HIGH, chosen=True)
        for _, target, value_node, scope in module.assignments:
            name = module.qualified_target(target, scope)
            if name in self.sinks.attributes:
                for value in module.values(value_node, scope):
                    wanted = self.sinks.kinds[self.sinks.attributes[name]]
                    judged = None if value.has_holes else by_kind(value.text, wanted, self.sinks, name)
                    if judged is not None:
                        kind, confidence, proof = judged
                        yield from self.secret(
                            value,
                            (0, len(value.text)),
                            confidence,
                            (f"attribute {name}", proof),
                            severity=kind.severity,
                            kind=kind.id,
                            chosen=kind.chosen,
                        )
