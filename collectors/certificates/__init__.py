"""certificates: those in files and those that TLS ports show, and when they run out.

Rows: one a certificate; `position` 1 is the first of its file, or a port's own, 2 and on
those behind it. A source that gave none is a row with its cause, and the outcome is partial;
NoPermission where nothing but closed directories was found. Files: PEM and DER; of stores
(PKCS#12, Java) it is said that they are not understood. Ports are asked from the server
itself. What the script prints stands in `script`. Whether one has run out is the report's.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from collectors import apart, globs
from collectors import text as probe
from collectors.base import FLAG, TEXT, TIME, WHOLE, Ask, Column, Parsed, Row
from collectors.certificates import blocks
from collectors.certificates.script import FILES, PORT
from collectors.config import Strict
from collectors.errors import NoData, NoPermission, NotApplicable, ParseError

NAME = "certificates"
SECONDS = 35
BUDGET, FILES_SECONDS, PORT_SECONDS = 30, 10, 5
PAST = False
MOST_BYTES = 4_000_000
COLUMNS: tuple[Column, ...] = (
    Column("source", TEXT, "", "the file, or the port as in the settings"),
    Column("position", WHOLE, "", "1 for the first there, 2 and on for those behind it"),
    Column("subject", TEXT, "", "whom it is for (RFC 4514)"),
    Column("issuer", TEXT, "", "who signed it (RFC 4514)"),
    Column("names", TEXT, "", "its alternative names, separated by commas"),
    Column("serial", TEXT, "", "its number, hexadecimal"),
    Column("fingerprint", TEXT, "", "SHA-256 of it"),
    Column("not_before_at", TIME, "UTC", "from when on it is valid; NA before 1970"),
    Column("not_after_at", TIME, "UTC", "when it runs out; NA beyond 1970 to 2200, see cause"),
    Column("self_signed", FLAG, "", "whether its own key signed it; NA when not known"),
    Column("cause", TEXT, "", "why there is no certificate, or no end of it"),
)

# Where certbot, dehydrated, kubeadm, web servers and mail servers keep them, by their
# documentation. No folder of authorities: what a system trusts is not what it shows.
USUAL = [
    "/etc/letsencrypt/live/*/cert.pem",
    "/var/lib/dehydrated/certs/*/cert.pem",
    "/etc/dehydrated/certs/*/cert.pem",
    "/etc/kubernetes/pki/*.crt",
    "/etc/kubernetes/pki/etcd/*.crt",
    "/etc/pki/tls/certs/localhost.crt",
    "/etc/pki/nginx/*.crt",
    "/etc/nginx/ssl/*.crt",
    "/etc/nginx/ssl/*.pem",
    "/etc/apache2/ssl/*.crt",
    "/etc/apache2/ssl/*.pem",
    "/etc/httpd/ssl/*.crt",
    "/etc/haproxy/certs/*.pem",
    "/etc/haproxy/ssl/*.pem",
    "/etc/dovecot/*.pem",
    "/etc/postfix/*.pem",
    "/etc/exim4/exim.crt",
    "/etc/openvpn/server/*.crt",
    "/etc/pve/local/pve-ssl.pem",
    "/etc/cockpit/ws-certs.d/*.cert",
]
# openssl-s_client(1)
KINDS = "smtp|lmtp|pop3|imap|ftp|xmpp|xmpp-server|irc|ldap|mysql|nntp|postgres|sieve|telnet"
PORT_FORM = re.compile(
    r"(?:(?P<name>[\w.-]{1,253})@)?"
    r"(?:(?P<host>[\w.-]{1,253}|\[[0-9a-fA-F:.]{2,45}\]):)?(?P<port>\d{1,5})"
    rf"(?:/(?P<kind>{KINDS}))?",
    re.ASCII,
)


def _port(text: str) -> str:
    matched = PORT_FORM.fullmatch(text)
    if not matched or not 0 < int(matched["port"]) < 65536:
        raise ValueError(
            "is no port; it would be like 443, mail.example.org:465, 25/smtp,"
            f" www.example.org@localhost:443, with one of {KINDS.replace('|', ' ')} after the /"
        )
    return text


class OPTIONS(Strict):
    """files: globs in place of the usual ones; ports: [NAME@][HOST:]PORT[/STARTTLS]."""

    files: list[Annotated[str, Field(max_length=1000), AfterValidator(globs.absolute)]] = USUAL
    ports: list[Annotated[str, AfterValidator(_port)]] = []


def script(ask: Ask) -> str:
    """Return the script. What is asked for is printed first."""
    files, ports = ask.options.get("files", USUAL), ask.options.get("ports") or []
    parts = [probe.PRELUDE, apart.script(BUDGET), "say now date +%s"]
    calls = []
    if files:
        words = [*dict.fromkeys(step for one in files for step in globs.way(one))]
        words += [f"{'w' if globs.WILD.search(one) else 'g'}{one}" for one in dict.fromkeys(files)]
        parts.append("echo 'ask1|files'")
        quoted = " ".join(map(shlex.quote, words))
        calls.append(f"apart 1 {FILES_SECONDS} 2000000 {shlex.quote(FILES)} {quoted}")
    if ports:
        parts.append(f"port={shlex.quote(PORT)}")
    for n, one in enumerate(dict.fromkeys(ports), start=2):
        matched = PORT_FORM.fullmatch(one)
        assert matched
        parts.append(f"printf '%s\\n' {shlex.quote(f'ask{n}|{one}')}")
        host = matched["host"] or "localhost"
        name = matched["name"] or ("" if re.fullmatch(r"\[.*|[\d.]+|localhost", host) else host)
        words = [f"{host}:{matched['port']}", name, matched["kind"] or ""]
        calls.append(f'apart {n} {PORT_SECONDS} 100000 "$port" {shlex.join(words)}')
    return "\n".join([*parts, *calls, ":", ""])


def parse(text: str, ask: Ask) -> Parsed:
    """Return one row a certificate, and one with a cause for each source without any.

    Raises NotApplicable when there is nothing to look at, NoData when nothing matches what
    the settings name, NoPermission when all of it is closed, ParseError for other output.
    """
    del ask
    found = probe.sections(text)
    if not found.value("now").isdecimal():
        raise ParseError("not what the probe of certificates prints", text)
    rows: list[Row] = []
    unmatched: list[str] = []
    for section in [name for name in found if re.fullmatch(r"ask\d+", name)]:
        asked, said = found[section].first, apart.answer(found, int(section[3:]))
        if asked == "files":
            more, unmatched = blocks.of_files(said, USUAL)
            rows += more
        else:
            rows += blocks.of_port(_checked(asked), said)
    note = f"nothing matches {', '.join(unmatched)}" if unmatched else ""
    if not rows and note:
        raise NoData(note)
    if not rows:
        raise NotApplicable(
            "no certificate is named in the settings and none lies in the usual places"
        )
    cause = _cause(rows)
    if all(row.get("cause") == globs.RIGHT for row in rows):
        raise NoPermission(cause)
    odd = [f"{row['source']}: {row['cause']}" for row in rows if row.get("cause") and _read(row)]
    return Parsed(rows, cause, "; ".join([*odd, note] if note else odd))


def _checked(port: str) -> str:
    if not PORT_FORM.fullmatch(port):
        raise ParseError("the name of a port is not understood", port)
    return port


def _read(row: Row) -> bool:
    return row.get("fingerprint") is not None


def _cause(rows: Sequence[Row]) -> str:
    lost: dict[str, list[str]] = {}
    for row in rows:
        if row.get("cause") and not _read(row):
            lost.setdefault(row["cause"], []).append(row["source"])
    return "; ".join(_named(sources, why) for why, sources in lost.items())


def _named(sources: Sequence[str], why: str) -> str:
    more = f" and {len(sources) - 4} more" if len(sources) > 4 else ""
    return f"{', '.join(sources[:4])}{more}{' ' if why == globs.RIGHT else ': '}{why}"
