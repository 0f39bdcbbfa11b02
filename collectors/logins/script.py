"""What runs on the server: find the logs of the period, print their lines about logins.

Printed, every line with a mark that no log can put in front of its own:

    @logins 1                      the beginning
    @now 1795564800                the server's clock
    @zone Europe/Berlin            its time zone by name, "" if it has none
    @offset +0100                  and its offset when the period began
    @file 1 1795564801 /var/log/auth.log     a file that was opened: rank, mtime
    ^Nov 23 06:25:01 web01 …       its first lines, whatever they say
    |Nov 23 10:00:00 web01 sshd[812]: …      a line about logins
    *37 Nov 23 10:00:00 web01 …    one that stands for 37 alike
    ~                              here a new year began
    @folded   @blurred N   @accepted N   @lost N   @sought BYTES   @skipped BYTES
    @late Nov 23 10
                                   what became of the rest: see `sections.Log`
    @end 0 412                     the reader's exit status, lines printed
    @denied 1 PATH   @tool zstd PATH   @unread PATH   @nofile PATH   @odd PATH begins …
    @journal 1795000000.123        its oldest entry; then | lines of JSON, then @end
    @hint Hint: You are currently not seeing messages …
    @looked /var/log/secure …      what was looked for
    @wtmp 1795564801               when wtmp was last written to
    @done

Only POSIX sh, awk, grep, tr and head are needed; BusyBox is enough. Globs from the
settings are only ever expanded as file names.
"""

from __future__ import annotations

import shlex
from datetime import datetime, timedelta

from collectors.base import Ask
from collectors.logins.awk import AWK
from collectors.logins.joining import JOIN
from collectors.logins.shell import BEGIN, END, FUNCTIONS

USUAL = (
    ("/var/log/secure", "/var/log/secure[.-]*", "/var/log/auth.log", "/var/log/auth.log[.-]*",
     "/var/log/authlog", "/var/log/authlog.*"),
    ("/var/log/messages", "/var/log/messages[.-]*", "/var/log/syslog", "/var/log/syslog[.-]*"),
)  # fmt: skip

# What is printed of the files: so much line by line, the rest added up, the logins that were
# let in only beyond the second, and so many added-up lines at each grade of it.
FOLD_BYTES = 4_000_000
MOST_BYTES = 12_000_000
WIDE = 6_000
# A journal of more entries than this is read as text, and added up like a file.
MOST_ENTRIES = 20_000
# After so many seconds nothing more is read, so that what was read is not lost.
HURRY = 45
# A file larger than this is read from where the time that is left allows.
BIG_BYTES = 64_000_000
SAMPLE_BYTES = 16_000_000
MOST_DAYS = 45
# Lines that say nothing that the lines beside them do not, whole, so that no name can be one.
NOTHING = (
    r"^([A-Z][a-z][a-z] [ 0-9][0-9] [0-9:]{8}|[0-9T:.+Z-]+) [^ ]+ sshd[a-z-]*\[[0-9]+\]: "
    r"(pam_unix\(sshd:auth\): check pass; user unknown"
    r"|Received disconnect from [^ ]+ port [0-9]+:[0-9]+:.* \[preauth\])$"
)
# What is looked for in the part of a log that there is no time to read: all but failed logins.
SOUGHT = (
    "Accepted ", "succe", "session", "sudo", "doas", "pkexec", " su ", " su[", " su:", " su(",
    "su-l", "login", "LOGIN", "ogged in", "gdm", "lightdm", "sddm", "cockpit", "webmin", "xrdp",
)  # fmt: skip

_SERVERS = (
    "ftpd|webmin|usermin|xrdp-ses|screensharingd|vmware-authd|luci|p(ve|mg|roxm)|php|audit"
    "|userhelper"
)
_SAY = (
    "[Ll]og(in|ged in)|LOGIN|AUTHFAIL|[Aa]uthenti|granted|ful auth|no such user|running| ok session"
)
_PROGRAMS = "su|su-l|login|doas|pkexec|openssh-server"
WANTED = (
    "sshd|dropbear|sudo|pam_|vsftpd|[fF]ailed|FAILED LOGIN|authentication failure"
    f"|({_SERVERS}).*({_SAY})"
    f"|[^a-z]({_PROGRAMS})([(]pam_[a-z]*[)])?([[][0-9]*[]])?:"
    f'|(^|[ >])1 [0-9-].* ({_PROGRAMS}) ([0-9]+|-) |"({_PROGRAMS})"|LOGIN: Client| -- [^ ]*[[]'
    "|(Accepted|Rejected) [a-z/-]+ for |(nvalid|llegal|authenticating) user "
    "|rshd[[]|kshd[[]|PAM_[pu]|^SU [01][0-9]/|kcheckpass|AUTHFAIL|[[]Sender (su|login)[]]"
    '|"submituser"|COMMAND=|[.]scope[[][0-9]*[]]: '
)
# Anchored at the head, so that no user's name can hide a line.
UNWANTED = (
    "^([A-Z][a-z][a-z] +[0-9]+ [0-9:.]+|[0-9TZ:.+-]+) [^ ]+ "
    "(CRON|crond|cron|systemd|kernel|anacron|rsyslogd)([[][0-9]*[]])?:"
)

# Capitalised months that are not English; the last forms have a letter beyond ASCII.
_FOREIGN_MONTHS = (
    "A[bv]r|Ago|De[sz]|Dic|Ene|Fev|Gen|Giu|Ju[nl]?i|Lug|Ma[gij]|Mei|Mr[tz]|O[kt]t|Out|Set"
    "|[A-Z][a-z]*[^ -~]|[0-9][0-9]?[^ -~]"
)


IDENTIFIERS = (
    "sshd sshd-session sshd-auth dropbear login su su-l sudo doas pkexec vsftpd cockpit-session"
    " gdm-password gdm-autologin gdm-session-wor lightdm sddm sddm-helper"
    " proftpd pure-ftpd ftpd webmin usermin xrdp-sesman xrdp-sesexec pvedaemon pveproxy"
    " pmgdaemon pmgproxy proxmox-backup-proxy proxmox-backup-api"
)


def script(ask: Ask) -> str:
    """Return the POSIX sh script that prints what `parse` reads."""
    start, end = int(ask.from_at.timestamp()), int(ask.to_at.timestamp())
    settings = {
        "F": str(start),
        "T": str(end),
        "W": WANTED,
        "U": UNWANTED,
        "D": days(ask.from_at, ask.to_at),
        "A": AWK,
        "C": str(FOLD_BYTES),
        "M": str(MOST_BYTES),
        "G": str(WIDE),
        "Z": str(BIG_BYTES),
        "Y": str(SAMPLE_BYTES),
        "J": str(MOST_ENTRIES),
        "H": str(HURRY),
        "S": "\n".join(SOUGHT),
        "N": NOTHING,
        "K": JOIN,
        "I": IDENTIFIERS,
    }
    lines = [f"{name}={shlex.quote(value)}" for name, value in settings.items()]
    return "\n".join([*lines, FUNCTIONS, BEGIN, *_places(ask), "printf '@done\\n'", ""])


def _places(ask: Ask) -> list[str]:
    paths = ask.options.get("paths") or ()
    if isinstance(paths, str):
        paths = (paths,)
    if paths:
        names = " ".join(map(str, paths)).replace("\n", "?")
        quoted = " ".join(shlex.quote(str(path)) for path in paths)
        return [f"printf '@looked %s\\n' {shlex.quote(names)}", f"scan 1 {quoted}"]
    looked = " ".join(glob for globs in USUAL for glob in globs if "[" not in glob)
    lines = [f"printf '@looked %s\\n' '{looked} and the journal'"]
    lines += ["[ -x /var/log ] || printf '@denied 1 /var/log\\n'"]
    for rank, globs in enumerate(USUAL, start=1):
        quoted = " ".join(shlex.quote(glob) for glob in globs)
        lines.append(f'[ "$kept" -gt 0 ] || scan {rank} {quoted}')
    return [*lines, END]


def days(from_at: datetime, to_at: datetime) -> str:
    """Return a regular expression for the heads of the period's days, "" for a long period.

    A day more on either side, for zones and for what is joined across midnight. A head of
    another form passes.
    """
    span = (to_at - from_at).days + 3
    if span > MOST_DAYS:
        return ""
    first = from_at - timedelta(days=1)
    dates = [first + timedelta(days=number) for number in range(span + 1)]
    short = "|".join(f"{date:%b} +0?{date.day}[^0-9]" for date in dates)
    long = "|".join(f"{date:%Y-%m-%d}" for date in dates)
    return (
        f"^(<[0-9]+>)?(1 )?({short}|{long})|^[^A-Z0-9<]"
        "|^(<[0-9]+>)?(Sun|Mon|Tue|Wed|Thu|Fri|Sat|1 -)|^(<[0-9]+>)?[0-9][0-9][0-9][0-9][^-]"
        "|^(<[0-9]+>)?([0-9][0-9][0-9]?[^0-9]|[0-9] ?[^0-9 ])|^<[0-9]+>[^A-Z0-9]|^SU [01]"
        "|^(<[0-9]+>)?([A-Z][a-z][a-z][a-z]|[A-Z][a-z][a-z]-|[0-9][0-9][0-9][0-9]-[A-Z])"
        "|^(<[0-9]+>)?[A-Z][a-z][a-z] +[0-9]+,? +[0-9][0-9][0-9][0-9]"
        f"|^(<[0-9]+>)?({_FOREIGN_MONTHS})"
    )
