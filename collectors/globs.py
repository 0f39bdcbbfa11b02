"""Globs from the settings: expanded on the server, where directories on the way may be closed.

A glob that matches nothing says little as long as nobody knows whether its directories may
be read. So they go to the server with it: x/srv (is gone through) or r/srv (its names are
asked for), then the glob itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# With IFS empty a variable without quotes is expanded as names of files and nothing else.
SCRIPT = r"""
IFS=
denied() { printf 'denied %s' "$1" | tr '\n' '?'; echo; }
gone_through() {
  for d in ${1#?}; do
    [ -d "$d" ] || continue
    case $1$d in */lost+found) ;; x*) [ -x "$d" ] ;; *) [ -x "$d" ] && [ -r "$d" ] ;; esac ||
      denied "$d"
  done
}
"""
WILD = re.compile(r"[*?[]")
RIGHT = "may not be read: give the user that right, by a group or by setfacl"


def absolute(path: str) -> str:
    """Return the path as it is. Raises ValueError if it does not begin at the root."""
    if not path.startswith("/") or "\n" in path:
        raise ValueError("is no path; it would begin with / and hold no line break")
    return path


def way(path: str) -> Iterator[str]:
    """Yield the directories that lead there, each with what it must allow in front."""
    words = [word for word in path.split("/") if word]
    for n in range(1, len(words)):
        yield f"{'r' if WILD.search(words[n]) else 'x'}/{'/'.join(words[:n])}"
