"""What runs on the server before the filter where one record takes several lines.

Told by the file's first line: `journalctl -o verbose`, `-o export` and `-o json-pretty` that
somebody sent into a file, sudo's own log (`logfile=`, wrapped) and its JSON. Each record
becomes one line of a kind that the filter and the parser know.
"""

from __future__ import annotations

# t, h, i, c, p, m: time, host, identifier, command, process and message of a journal's record.
# A field of export that is no plain text stands below its name, behind its length.
JOIN = r"""
function tell() {
  if (i == "") i = c
  if (p != "") p = "[" p "]"
  if (m != "" && t != "" && i != "") print t " " (h == "" ? "-" : h) " " i p ": " m
  t = h = i = c = p = m = ""
}
function learn(key, value) {
  if (key == "__REALTIME_TIMESTAMP") t = substr(value, 1, 10) "." substr(value, 11)
  else if (key == "_HOSTNAME") h = value
  else if (key == "SYSLOG_IDENTIFIER") i = value
  else if (key == "_COMM") c = value
  else if (key == "_PID" || key == "SYSLOG_PID") { if (p == "" || key == "SYSLOG_PID") p = value }
  else if (key == "MESSAGE") m = value
}
kind == "" && !/^-- / {
  if (/^__CURSOR=/) kind = "export"
  else if (/^[A-Z][a-z][a-z] [0-9-]+ [0-9:.]+ [^ ]+ \[s=/) kind = "verbose"
  else if (/^\{ *$/) kind = "json"
  else kind = "sudo"
}
kind == "export" {
  if (name != "") { learn(name, substr($0, length($0) > 257 ? 3 : 2)); name = "" }
  else if ($0 == "") tell()
  else if (at = index($0, "=")) learn(substr($0, 1, at - 1), substr($0, at + 1))
  else name = $0
}
kind == "verbose" {
  if (/^[A-Z][a-z][a-z] [0-9-]+ [0-9:.]+ [^ ]+ \[s=/) { tell(); t = $1 " " $2 " " $3 " " $4 }
  else if (/^    [A-Z_]+=/) {
    at = index($0, "="); learn(substr($0, 5, at - 5), substr($0, at + 1))
  }
}
kind == "json" {
  if (/^\}/) { if (all != "") print "{" all "}"; all = ""; inside = 0 }
  else if (/^[ \t]+"(accept|reject|alert|exit)": *\{/ && !inside) {
    inside = 1; match($0, /[^ \t]/); margin = substr($0, 1, RSTART - 1); all = $0
  } else if (inside && $0 ~ /^[ \t]+\},?$/ && index($0, margin "}") == 1) {
    print "{" all "}}"; all = ""; inside = 0
  } else if (!/^\{/) { sub(/^[ \t]+/, ""); all = all $0 }
}
kind == "sudo" {
  if (/^    /) all = all substr($0, 4)
  else {
    if (all != "") print all
    all = $0
    if (match(all, / : /)) all = substr(all, 1, RSTART) "sudo: " substr(all, RSTART + 3)
  }
}
END {
  if (kind == "sudo" && all != "") print all
  tell()
}
"""
