"""Networks that try unusually often, though on no host so often that it would be told by itself."""

from __future__ import annotations

from report.contract import Finding
from report.measures import network
from report.reading import View, rows_of
from report.rules.logins import failed_logins
from report.rules.wording import bound_of, severity_of, subject
from report.words import foreign, is_missing, natural, number, plural


def bursts(view: View) -> list[Finding]:
    """Networks with more failed logins on all hosts together than the limit, and than ever."""
    names = [str(row.object) for row in rows_of(view, "unusual") if row.measure == "network"]
    if not names:
        return []
    limit, found = view.info.thresholds.failed_logins, []
    told = {host for one in failed_logins(view) for host in one.hosts}
    logins = view.logins
    failed = logins[(logins["result"] == "failed") & ~logins["host"].isin(list(told))]
    networks = failed["source_ip"].map(lambda one: "" if is_missing(one) else network(one))
    for name in names:
        counts = failed[networks == name].groupby("host")["count"].sum()
        total = float(counts.sum())
        severity = severity_of(total, limit)
        if not severity:
            continue
        hosts = tuple(sorted(map(str, counts.index), key=natural))
        spread = f" on {plural(len(hosts), 'server')}, at most {number(counts.max())} on one"
        said = f"{number(total)} failed logins from {foreign(name, 45)}"
        said += f"{spread if len(hosts) > 1 else ''}; never so many in the weeks before."
        found.append(
            Finding("login-burst", severity, "Logins", subject(hosts), hosts, said, "logins", total,
                    bound_of(severity, limit), name)
        )  # fmt: skip
    return found
