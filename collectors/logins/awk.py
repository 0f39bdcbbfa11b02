"""The filter that runs on the server: a log goes in, its lines about logins come out.

It drops what is of another day or of no interest (`index` before a regular expression:
BusyBox is slow at those), keeps "last message repeated" only behind a line that it kept,
and marks where the months begin anew. Above a cap it adds up: failed logins and scans by
hour, source and user; by source and user once these are many; by source alone once those
are. What is over the second cap is counted, and its number printed. At `until` it stops.
"""

from __future__ import annotations

# Fields are cheaper than `substr` and `match`, above all in BusyBox. P is the number of the
# field that holds "sshd[812]:", k the head's beginning, up to the hour, that neighbouring
# lines have in common, tag whether that hour is before (0), in (1) or after (2) the period,
# and the hour itself: no count ever mixes what is in the period with what is not.
#
# Above the cap a line of sshd is taken in by `folded`, unless its connection is told raw:
# because it began before, or because something in it is not of the common kinds. The
# arrays hold, by process: raw, inv (the "Invalid user" line that waits for a "Failed"),
# pf (a PAM failure, or a probe, that does) and pc (how many), at (their tag), f (has failed),
# ep (PAM's own error seen), sc (a scan that waits for its address), acc (let in, added up).
# kb: keyboard-interactive was seen, whose PAM speaks in a process of its own. held: a year may
# have begun; not if the months go on where they were, for that was a clock without a battery.
AWK = r"""
function out(s) {
  if (b > most) { lost++; return }
  if (held) { print "~"; held = 0 }
  if (length(s) > 8000) s = substr(s, 1, 8000)
  print "|" s; b += length(s); n++
}
function said(s, text) { return substr(s, 1, index(s, "]: ") + 2) text }
function fold(t, kind, who, where, c, s,   k) {
  k = keys < wide ? t kind who " " where : substr(t, 1, 1) kind who " " where
  if (!(k in cnt)) {
    if (keys >= 2 * wide) { k = coarse(substr(t, 1, 1), kind, who, where, c); if (k == "") return }
    if (!(k in cnt)) {
      one[k] = keys < 2 * wide || kind == "A" ? s : said(s, bare); keys++; n++
    }
  }
  cnt[k] += c
}
function coarse(t, kind, who, where, c) {
  if (kind == "A") { if (keys < 4 * wide) return t kind who " " where; lost += c; return "" }
  if (kind == "a" || keys >= 3 * wide) where = "UNKNOWN"
  blurred += c
  bare = "pam_unix(sshd:auth): authentication failure; logname= ruser= rhost=" where
  if (kind == "a") bare = "Connection closed by authenticating user " who " " where " port 1"
  return t (kind == "a" ? kind who : "f" where)
}
function flush(p,   k, s, t, m) {
  if (p in wait) {
    s = wait[p]; m = index(s, "\n"); t = substr(s, 2, m - 2); k = substr(s, m + 1)
    s = k; k = substr(k, index(k, "]: ") + 3)
    if (match(k, / rhost=[^ ]*/) && index(wait[p], "p") == 1)
      fold(t, "p", substr(k, RSTART + RLENGTH), substr(k, RSTART + 7, RLENGTH - 7), pc[p] + 1, s)
    else {
      sub(/ port [0-9]+( ssh2)?$/, "", k); m = k; sub(/.* /, "", m); sub(/ from [^ ]+$/, "", k)
      if (sub(/^Failed none for /, "", k)) fold(t, k ~ /^invalid user / ? "p" : "a", k, m, 1, s)
      else fold(t, "i", k, m, 1, s)
    }
  }
  forget(p); delete f[p]; delete ep[p]
}
function forget(p) { delete wait[p]; delete pc[p] }
function line(p) { return substr(wait[p], index(wait[p], "\n") + 1) }
function tell(p) {
  if (p in wait) out(line(p))
  forget(p); raw[p] = 1; out($0)
}
function nobody(t, ip, s,   k) {
  k = t "s" ip
  if (!(k in cnt) && sources >= wide) { ip = "UNKNOWN"; k = t "s" ip }
  if (!(k in cnt)) { one[k] = said(s, "Connection closed by " ip " port 1"); sources++; n++ }
  cnt[k]++
}
function scan(ip, port) {
  sub(/:$/, "", ip); sub(/:.*/, "", port); delete sc[p]
  if (port != "" && done[p] == ip " " port) return
  if (++marks > 5000) { split("", done); marks = 0 }
  done[p] = ip " " port
  nobody(substr(tag, 1, 1), ip, $0)
}
function ended(w,   u, who) {
  if (p in f) { delete f[p]; if (kb) delete ep[p]; return }
  if (w ~ /^Disconnecting/) {
    if (p in wait) flush(p)
    else out($0)
    return
  }
  if (index(wait[p], "i") != 1) {
    u = w == "Connection" ? P + 4 : P + 3
    if ($(u + 1) == "user" && ($u == "authenticating" || $u == "invalid")) {
      if (NF == u + 5) who = $(u + 2)
      else {
        who = substr($0, index($0, " user ") + 6); sub(/ [^ ]+ port [0-9]+ \[preauth\]$/, "", who)
      }
      if ($u == "invalid") { forget(p); fold(tag, "v", who, $(NF - 3), 1, $0) }
      else if (wait[p] == "") fold(tag, "a", who, $(NF - 3), 1, $0)
    } else if (wait[p] == "") {
      if ($(NF - 2) == "port") scan($(NF - 3), $(NF - 1))
      else scan($(P + 4) == "[preauth]" ? $(P + 3) : $(P + 4), "")
    }
  }
  if (wait[p] == "") delete wait[p]
  else flush(p)
}
function refused() {
  if (p in f) return
  if (!(p in wait)) wait[p] = "p" tag "\n" $0
  else pc[p]++
}
function folded(   w, c, q, who) {
  c = 1; w = $(P + 1)
  if (w == "message" && match($0, /\]: message repeated [0-9]+ times: \[ /)) {
    c = $(P + 3) + 0; q = substr($0, RSTART + RLENGTH); sub(/\]$/, "", q)
    $0 = said($0, q); w = $(P + 1)
  }
  if (w == "pam_unix(sshd:auth):" || w == "pam_sss(sshd:auth):") {
    if ($(P + 3) == "failure;" && $(P + 2) == "authentication") refused()
  } else if (w == "Failed") {
    q = $(P + 2)
    if ($NF != "ssh2" || $(NF - 2) != "port" || $(NF - 4) != "from") { tell(p); return }
    if (q == "none") {
      if (!(p in wait) || index(wait[p], "p") == 1) refused()
      return
    }
    if (q != "password" && q !~ /^keyboard-interactive/) { tell(p); return }
    forget(p); f[p] = 1
    if (q != "password") { kb = 1; if (p in ep) { delete ep[p]; return } }
    if (NF == P + 9) who = $(P + 4)
    else if (NF == P + 11 && $(P + 4) == "invalid") who = "invalid user " $(P + 6)
    else { who = substr($0, index($0, "]: ") + 3); sub(/ from [^ ]+ port [0-9]+ ssh2$/, "", who) }
    fold(tag, "f", q " " who, $(NF - 3), c, $0)
  } else if ($NF == "[preauth]" && (index(w, "Connection") == 1 || index(w, "Disconnect") == 1))
    ended(w)
  else if ($NF == "[preauth]" && w == "Received") { if ($(P + 5) != "port") ended(w) }
  else if (w == "Invalid" && ($(NF - 1) == "from" || $(NF - 3) == "from")) {
    flush(p); wait[p] = "i" tag "\n" $0
  } else if (w == "Accepted" && b > most) {
    flush(p); q = substr($0, index($0, "]: ") + 3); sub(/ port [0-9]+ ssh2/, "", q)
    acc[p] = 1; accepted += c; fold(tag, "A", q, "", c, $0)
  } else if (p in acc && w != "Accepted") {
    if (w ~ /^pam_/ && $(P + 3) == "closed") delete acc[p]
  } else if (p in sc && w == "Connection") scan($(P + 4), $(P + 6))
  else if (b > most && w ~ /^(Received|Disconnected|Connection|pam_unix[(]sshd:session[)]:)$/)
    return
  else if (w == "error:" && $(P + 2) == "PAM:" && / for .* from /) {
    forget(p); f[p] = ep[p] = kb = 1
    fold(tag, "e", substr($0, index($0, "]: ") + 3), $(NF - 1) == "via" ? $(NF - 2) : $NF, c, $0)
  } else if (/\]: (PAM ([0-9]+ more|service)|input_userauth_request: )/) return
  else if (p in f && w !~ /^(Accepted|Partial|Postponed)$/) return
  else if (p in wait) tell(p)
  else if (w == "Did" && $(P + 2) == "not" || w == "Bad" && $(P + 2) == "protocol") {
    if ($(NF - 1) == "port") scan($(NF - 2), $NF)
    else scan($NF, "")
  } else if (/\]: (error: |fatal: )?(Unable to negotiate with|banner exchange: Connection from) /) {
    q = w ~ /:$/ ? P + 6 : P + 5
    scan($q, $(q + 1) == "port" ? $(q + 2) : "")
  } else if (/\]: (error: )?kex_exchange_identification: /) {
    if (p in sc) scan("UNKNOWN", NR)
    sc[p] = substr(tag, 1, 1) said($0, "")
  } else tell(p)
}
function login(s) {
  return index(s, "sshd") || index(s, "pam_") || index(s, "sudo") || s ~ wanted
}
function phase(t) { return day == "" ? 1 : (day t) < from ? 0 : (day t) >= to ? 2 : 1 }
function edge(e, m) { return sprintf("%02d", (substr(e, 1, 2) - m + 18) % 12) substr(e, 3) }
function head(   m, utc) {
  m = index("JanFebMarAprMayJunJulAugSepOctNovDec", substr($0, 1, 3))
  if (m % 3 == 1 && m != last) {
    if (held && m < was) print "~"
    held = m - last < -3
    if (held) was = last
    last = m
  }
  k = substr($0, 1, /^[A-Z][a-z][a-z] [ 0-9][0-9] / ? 10 : /^2[0-9][0-9][0-9]-/ ? 13 : 18)
  today = days == "" || $0 ~ days
  hour = ""; day = ""; tag = 1; exact = 0
  if (!today) return
  if (!match($0, /[^0-9][0-9][0-9]:[0-9][0-9]:[0-9][0-9]/)) { hour = k; tag = 1 hour; return }
  clock = RSTART + 1; hour = substr($0, 1, RSTART + 2); tag = 1 hour
  if (days == "" || edges == "") return
  utc = $1 ~ /(Z|[+]00:?00)$/ || $2 ~ /(Z|[+]00:?00)$/ ? 24 : 0
  m = substr(edges, utc + 1, 2)
  if (match(hour, /[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]/))
    day = substr(hour, RSTART + 5, 2) substr(hour, RSTART + 8, 2)
  else if (match(hour, /[A-Z][a-z][a-z] +[0-9]+ /)) {
    day = (index("JanFebMarAprMayJunJulAugSepOctNovDec", substr(hour, RSTART, 3)) + 2) / 3
    day = sprintf("%02d%02d", day, substr(hour, RSTART + 4, RLENGTH - 5))
  } else return
  day = edge(day, m)
  from = edge(substr(edges, utc + 1, 12), m); to = edge(substr(edges, utc + 13, 12), m)
  m = substr($0, clock, 2)
  exact = phase(m ":00:00") != phase(m ":59:59"); tag = phase(m ":00:00") hour
}
function place(   j) {
  if (!index($0, " sshd")) return 0
  for (j = 3; j < 8; j++) if ($j ~ /^sshd[a-z-]*\[[0-9]+\]:$/) { P = j; return 1 }
  return 0
}
function hurry(   t) {
  check = NR + 50000; "date +%s" | getline t; close("date +%s")
  if (t + 0 >= until) { print "@late " hour; exit }
}
BEGIN { P = 5 }
{
  if (k == "" || index($0, k) != 1) head()
  if (NR > check) hurry()
  if (!today) { kept = 0; next }
  if (index($P, "sshd") == 1 && index($P, "]:") || place()) {
    kept = 1; p = $(P - 1) $P
    if (b < cap || p in raw) {
      if ($(P + 1) ~ /^(Connection|Disconnect)/ && $(P + 2) ~ /^(closed|reset|from)/) delete raw[p]
      else raw[p]
      out($0); next
    }
    if (!above) { above = 1; print "@folded" }
    if (exact) tag = phase(substr($0, clock, 8)) hour
    folded(); next
  }
  if (!login($0)) {
    if (!index($0, "last message repeated")) kept = 0
    else if (kept) out($0)
    next
  }
  kept = 0
  if ((index($0, "cron") || index($0, "CRON") || index($0, "systemd")) && $0 ~ unwanted) next
  kept = 1; out($0)
}
END {
  if (held) print "~"
  for (p in wait)
    if (!kb || index(wait[p], "p") != 1 || wait[p] !~ /authentication failure;/) flush(p)
  for (p in sc) nobody(substr(sc[p], 1, 1), "UNKNOWN", substr(sc[p], 2))
  for (k in cnt) print "*" cnt[k] " " one[k]
  if (blurred) print "@blurred " blurred
  if (accepted) print "@accepted " accepted
  if (lost) print "@lost " lost
  print "n" n + 0 " b" b + 0 | "cat 1>&2"
}
"""
