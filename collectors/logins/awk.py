"""The filter that runs on the server: a log goes in, its lines about logins come out.

It drops what is of another day or of no interest (`index` before a regular expression:
BusyBox is slow at those), keeps "last message repeated" only behind a line that it kept,
marks where the months begin anew, and above a cap adds up failed logins by source and
user, by the hour as long as there are not too many of them.
"""

from __future__ import annotations

# Above the cap a line of sshd is taken in by `folded`, unless its connection is told raw:
# because it began before, or because something in it is not of the common kinds. The
# arrays hold, by process: raw, inv (the "Invalid user" line that waits for a "Failed"),
# pf (a PAM failure, or a probe, that does) and pc (how many), f (has failed), ep (PAM's own
# error seen). kb: keyboard-interactive was seen, whose PAM speaks in a process of its own.
AWK = r"""
function out(s) { print "|" s; b += length(s); n++ }
function fold(k, c, s) {
  if (keys > 8000) k = kind k; else k = kind substr(s, h, 2) "|" k
  if (!(k in cnt)) { one[k] = s; keys++; n++ }
  cnt[k] += c
}
function forget(p) { delete inv[p]; delete pf[p]; delete pc[p] }
function flush(p,   k) {
  if (p in inv) {
    k = inv[p]; sub(/ port [0-9]+$/, "", k)
    kind = "i"; fold(substr(k, index(k, "]: ") + 3), 1, inv[p])
  } else if (p in pf) {
    k = pf[p]; kind = "p"
    if (i = index(k, " rhost=")) fold(substr(k, i), pc[p], pf[p])
    else { sub(/ port [0-9]+ ssh2$/, "", k); fold(substr(k, index(k, "]: ") + 3), 1, pf[p]) }
  }
  forget(p); delete f[p]; delete ep[p]
}
function tell(p) {
  if (p in inv) out(inv[p])
  if (p in pf) out(pf[p])
  forget(p); raw[p] = 1; return 0
}
function ended(s, m, p, w,   k) {
  if (m ~ /^Disconnecting/) {
    if (!(p in f) && !(p in inv) && !(p in pf)) return 0
  } else if (!(p in f) && !(p in inv) && m ~ /^[A-Z][a-z]+ [a-z]+ (by )?invalid user /)
    return 0
  else if (!(p in f) && !(p in inv) && !(p in pf) && m ~ / authenticating user /) {
    k = m; sub(/ port [0-9]+ \[preauth\]$/, "", k); kind = "a"; fold(k, 1, s)
  }
  flush(p); return 1
}
function refused(s, p) {
  if (p in f) return
  if (!(p in pf)) pf[p] = s
  pc[p]++
}
function folded(s, m, p,   c, w, k) {
  w = substr(m, 1, 7); c = 1
  if (w == "message" && match(m, /^message repeated [0-9]+ times: \[ /)) {
    c = substr(m, 18) + 0; m = substr(m, RLENGTH + 1); sub(/\]$/, "", m)
    s = substr(s, 1, index(s, "]: ") + 2) m; w = substr(m, 1, 7)
  }
  if (w == "Failed ") {
    if (m ~ /^Failed (password|keyboard-interactive[^ ]*) for .* port [0-9]+ ssh2$/) {
      forget(p); f[p] = 1
      if (substr(m, 8, 1) == "k") { kb = 1; if (ep[p] > 0) { ep[p] = 0; return 1 } }
      k = m; sub(/ port [0-9]+ ssh2$/, "", k); kind = "f"; fold(k, c, s); return 1
    }
    if (m ~ /^Failed none for .* ssh2$/) { if (!(p in inv)) refused(s, p); return 1 }
    return tell(p)
  }
  if (w == "Invalid" && m ~ /^Invalid user .* from [^ ]+( port [0-9]+)?$/) {
    flush(p); inv[p] = s; return 1
  }
  if (w == "pam_uni" || w == "pam_sss") {
    if (m !~ /^pam_[a-z]*\(sshd:auth\): /) return tell(p)
    if (m ~ /\): authentication failure;/) refused(s, p)
    return 1
  }
  if (w == "Receive" && s ~ / \[preauth\]$/) return 1
  if ((w == "Connect" || w == "Disconn") && s ~ / \[preauth\]$/) return ended(s, m, p, w)
  if (w == "error: " && m ~ /^error: PAM: .* for .* from /) {
    forget(p); f[p] = ep[p] = kb = 1; kind = "e"; fold(m, c, s); return 1
  }
  if (m ~ /^(PAM ([0-9]+ more|service)|input_userauth_request: )/) return 1
  if (p in f && w != "Accepte" && w != "Partial" && w != "Postpon") return 1
  return tell(p)
}
function login(s) {
  return index(s, "sshd") || index(s, "pam_") || index(s, "sudo") || s ~ wanted
}
function today(s,   k) {
  k = substr(s, 1, 22)
  if (!(k in known)) known[k] = k ~ days
  return known[k]
}
function process(s,   j) {
  i = index(s, " sshd"); j = index(s, "]: ")
  return i && j > i && j - i < 30 ? substr(s, i, j - i + 2) : ""
}
{
  if (months && (m = index("JanFebMarAprMayJunJulAugSepOctNovDec", substr($0, 1, 3))) % 3 == 1) {
    if (m - last < -3) print "~"
    last = m
  }
  if (repeats && index($0, "last message repeated") && !login($0)) { if (kept) out($0); next }
  kept = 0
  if (days != "" && !today($0)) next
  if (wanted != "" && !login($0)) next
  if ((index($0, "cron") || index($0, "CRON") || index($0, "systemd")) && $0 ~ unwanted) next
  kept = 1; s = length($0) > 8000 ? substr($0, 1, 8000) : $0
  p = process(s)
  if (b <= cap) { if (p != "") raw[p] = 1; out(s); next }
  if (!said) {
    said = 1; print "@folded"; match(s, /[0-9][0-9]:[0-9][0-9]:/); h = RSTART
  }
  if (p == "") { out(s); next }
  m = substr(s, index(s, p) + length(p) + 1)
  if (p in raw) {
    if (m ~ /^(Connection (closed|reset) by|Disconnect)/) delete raw[p]
    out(s)
  } else if (!folded(s, m, p)) out(s)
}
END {
  for (p in inv) flush(p)
  for (p in pf) if (!kb || pf[p] !~ /authentication failure;/) flush(p)
  for (k in cnt) print "*" cnt[k] " " one[k]
  print "n" n + 0 | "cat 1>&2"
}
"""
