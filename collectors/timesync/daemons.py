"""What each time daemon says of itself; a part of `timesync`.

Each reader returns a row without `state`, None where its daemon did not answer. Signs: chrony
prints how slow the host is (its client.c calls it "slow" in words), ntpq and the four stamps
of timesyncd tell what is to be added to the host's clock, and so does openntpd's peer: all
are turned round, for `offset_seconds` tells by how much the host is ahead. What ntpd calls
the refid of a server is its IPv4 address, or four bytes of a hash where it has IPv6.
"""

from __future__ import annotations

import ipaddress
import itertools
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from collectors.base import Row
from collectors.text import Sections

NUMBER = r"[+-]?\d{1,12}(?:\.\d{1,12})?(?:e[+-]\d{1,2})?"
# chrony's `local` and the local clock driver of ntpd are references to the host itself.
OWN = re.compile(r"7F7F01[0-9A-F]{2}|LOCL|127\.127\.1\.\d+")
ITSELF = "it follows its own clock"
LOST = "no trusted time source"
CSV = re.compile(
    rf"([0-9A-F]{{8}}),([^,]*),(\d{{1,2}}),(\d{{1,10}})\.\d+,({NUMBER}),(?:{NUMBER},){{8}}"
    r"([A-Z][a-z ]+)"
)
WORDS = re.compile(
    r"(Reference ID|Stratum|Ref time \(UTC\)|System time|Leap status)\s*: (.{1,100})"
)
# NTP counts from 1900, and anew from 2036.
NTP_EPOCH = datetime(1900, 1, 1, tzinfo=UTC)
ERA = 1 << 32
MESSAGE = re.compile(
    r"\(uuuuittayttttbtt\) (\d) \d+ \d+ (\d{1,3}) -?\d+ \d+ \d+ 4 \d+ \d+ \d+ \d+"
    r" (\d{1,20}) (\d{1,20}) (\d{1,20}) (\d{1,20}) (?:true|false) (\d{1,20}) \d+"
)
LATEST = 10**16  # µs, some centuries on: an unset time is far beyond it
ADDRESS = re.compile(r"\(iay\) (?:2 4|10 16)((?: \d{1,3})+)")


def chrony(found: Sections, kernel: bool | None) -> Row | None:
    """Read `chronyc -c tracking`, or before chrony 2.4 the same in words."""
    del kernel
    lines = found["chrony"].lines if "chrony" in found else ()
    for line in lines:
        if hit := CSV.fullmatch(line.strip()):
            at = datetime.fromtimestamp(int(hit[4]), UTC) if int(hit[4]) else None
            return _chrony(hit[1], hit[2], hit[3], -float(hit[5]), at, hit[6])
    hits = [hit for line in lines if (hit := WORDS.fullmatch(line.strip()))]
    words = {hit[1]: hit[2] for hit in hits}
    ref = re.fullmatch(r"([0-9A-F.]{7,15}) \((.*)\)", words.get("Reference ID", ""))
    time = re.fullmatch(
        rf"({NUMBER}) seconds (slow|fast) of NTP time", words.get("System time", "")
    )
    stratum = words.get("Stratum", "")
    if not ref or not time or not re.fullmatch(r"\d{1,2}", stratum) or "Leap status" not in words:
        return None
    ahead = float(time[1]) * (1 if time[2] == "fast" else -1)
    at = _in_words(words.get("Ref time (UTC)", ""))
    return _chrony(ref[1], ref[2], stratum, ahead, at, words["Leap status"])


def _chrony(ref: str, name: str, stratum: str, ahead: float, at: datetime | None, leap: str) -> Row:
    own = bool(OWN.fullmatch(ref))
    lost = leap.strip() not in ("Normal", "Insert second", "Delete second")
    return Row(
        state_reason=LOST if lost else ITSELF if own else "",
        synchronised=not lost and not own,
        source="chronyd",
        reference=None if own else name or None,
        stratum=None if lost else int(stratum),
        offset_seconds=None if lost or own else ahead,
        last_at=None if own else at,
    )


def _in_words(text: str) -> datetime | None:
    try:
        at = datetime.strptime(text.strip(), "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if at.timestamp() > 0 else None


def ntpq(found: Sections, kernel: bool | None) -> Row | None:
    """Read the system variables of ntpd, NTPsec's or the reference one."""
    del kernel
    text = " ".join(found["ntpq"].lines) if "ntpq" in found else ""
    said = dict(re.findall(r"\b(leap|stratum|refid|reftime|offset)=([^,\s]{1,60})", text))
    if not re.fullmatch(r"[01]{2}|[0-3]", said.get("leap", "")):
        return None
    stratum, refid = said.get("stratum", ""), said.get("refid", "")
    lost = said["leap"] in ("11", "3") or stratum in ("", "0", "16")
    own = bool(OWN.fullmatch(refid))
    offset = re.fullmatch(NUMBER, said.get("offset", ""))
    return Row(
        state_reason=LOST if lost else ITSELF if own else "",
        synchronised=not lost and not own,
        source="ntpd",
        reference=None if own or refid in ("INIT", "STEP", "") else refid,
        stratum=int(stratum) if not lost and re.fullmatch(r"\d{1,2}", stratum) else None,
        offset_seconds=-float(offset[0]) / 1000 if offset and not lost and not own else None,
        last_at=None if own else _ntp_time(said.get("reftime", "")),
    )


def _ntp_time(text: str) -> datetime | None:
    hit = re.match(r"(?:0x)?([0-9a-f]{8})\.[0-9a-f]{8}", text)
    seconds = int(hit[1], 16) if hit else 0
    if not seconds:
        return None
    return NTP_EPOCH + timedelta(seconds=seconds if seconds >> 31 else seconds + ERA)


def openntpd(found: Sections, kernel: bool | None) -> Row | None:
    """Read `ntpctl -s all`: a line of status, then two a peer; `*` marks the one followed."""
    del kernel
    lines = [line.rstrip() for line in found.good("ntpctl") if line.strip()]
    status = next((line for line in lines if re.search(r"\bclock (un)?synced\b", line)), "")
    if not status:
        return None
    synced = re.search(r"\bclock synced, stratum (\d{1,2})", status)
    row = Row(
        state_reason="" if synced else status[:200],
        synchronised=bool(synced),
        source="openntpd",
        stratum=int(synced[1]) if synced else None,
    )
    for name, figures in itertools.pairwise(lines):
        if figures.startswith(" *"):
            offset = re.search(rf" ({NUMBER})ms ", figures)
            row["reference"] = name.split()[0]
            row["offset_seconds"] = -float(offset[1]) / 1000 if offset else None
    return row


def timesyncd(found: Sections, kernel: bool | None) -> Row | None:
    """Read timesyncd's properties on the bus: its server, and the last message in microseconds."""
    lines = found.good("timesyncd")
    hits = [hit for line in lines if (hit := MESSAGE.fullmatch(line.strip()))]
    if not hits:
        return None
    leap, stratum, sent, received, answered, back, packets = map(int, hits[0].groups())
    heard = packets > 0 and stratum > 0 and max(sent, received, answered, back) < LATEST
    lost = leap == 3 or kernel is False
    why = LOST if leap == 3 else "the kernel's clock is not synchronised" if lost else ""
    return Row(
        state_reason=why if heard else "no answer from its server",
        synchronised=heard and not lost,
        source="systemd-timesyncd",
        reference=_address(lines),
        stratum=stratum + 1 if heard and not lost else None,
        offset_seconds=(sent + back - received - answered) / 2e6 if heard else None,
        last_at=datetime.fromtimestamp(back // 1_000_000, UTC) if heard else None,
    )


def _address(lines: Sequence[str]) -> str | None:
    for line in lines:
        if hit := ADDRESS.fullmatch(line.strip()):
            octets = [int(word) for word in hit[1].split()]
            if len(octets) in (4, 16) and max(octets) < 256:
                return str(ipaddress.ip_address(bytes(octets)))
    return None


READERS: tuple[Callable[[Sections, bool | None], Row | None], ...] = (
    chrony,
    ntpq,
    openntpd,
    timesyncd,
)
