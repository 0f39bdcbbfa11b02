"""What runs on the server: certificates are cut out of files, and ports asked for theirs.

    out1|match /etc/letsencrypt/live/www/cert.pem     matches a glob; `file`: named itself
    out1|-----BEGIN CERTIFICATE-----                  of PEM these blocks alone
    out1|kind EC PRIVATE KEY                          of all others their name alone
    out1|file /etc/ssl/local/www.cer
    out1|der308202bd308201a5…                         of DER a certificate alone, by od
    out1|kind a PKCS#12 store
    out1|denied /etc/ssl/local/closed                 a directory or a file
    out1|none /srv/tls/*.pem                          nothing matches
    out2|said 4027…:error:8000006F:system library:BIO_connect:Connection refused:…

No private key leaves the server: in DER they begin otherwise than certificates do (RFC 5280,
5208, 5958, 3447, 5915), which is looked at there. Ports are asked with `openssl s_client`.
"""

from __future__ import annotations

from collectors import globs

MOST = 100

# `most` blocks of PEM are printed, of their lines those of Base64. Any other line ends one.
PEM = r"""
pem() {
  awk -v most="$1" -v said="$2" '
    { gsub(/^[ \t]+|[ \t\r]+$/, "") }
    /^-----BEGIN / {
      on = /^-----BEGIN (X509 )?CERTIFICATE-----$/ && n++ < most
      if (on) print
      else if (n > most) print "cause more than " most " certificates: the rest is not looked at"
      else print "kind " substr($0, 12, length($0) < 60 ? length($0) - 16 : 40)
      next
    }
    /^-----END / { if (on) print; on = 0 }
    on && /^[A-Za-z0-9+\/=]+$/ && length($0) < 200 { print; next }
    on && /./ { on = 0 }
    said && /errno|[Ee]rror|STARTTLS|option|must be/ && s++ < 5 {
      print "said " substr($0, 1, 300)
    }'
}
"""

FILES = (
    globs.SCRIPT
    + PEM
    + r"""
newline='
'
file() {
  [ -d "$1" ] && return
  case $1 in *"$newline"*) echo 'odd'; return ;; esac
  printf '%s %s\n' "$2" "$1"
  [ -e "$1" ] || { echo 'cause a link to nowhere'; return; }
  [ -f "$1" ] || { echo 'cause a device, pipe or socket'; return; }
  [ -r "$1" ] || { denied "$1"; return; }
  case $(od -An -v -tx1 -N 24 "$1" | tr -d ' \n') in
  3082????3082????a0030201*|3082????3081??a0030201*|3081??3081??a0030201*|\
  3082????3082????02*|3082????3081??02*|3081??3081??02*)
    od -An -v -tx1 -N 20000 "$1" | sed 's/ //g; s/^/der/' ;;
  3082????020103*|3081??020103*|3080020103*) echo 'kind a PKCS#12 store' ;;
  308[123]*06092a864886f70d0107*) echo 'kind PKCS7' ;;
  308[0123]*) echo 'kind a file in DER' ;;
  feedfeed*|cececece*) echo 'kind a Java key store' ;;
  *) pem MOST <"$1" ;;
  esac
}
for p; do
  any=
  case $p in g*) as=file ;; w*) as=match ;; *) gone_through "$p"; continue ;; esac
  for f in ${p#?}; do
    if [ -e "$f" ] || [ -L "$f" ]; then any=1; file "$f" "$as"; fi
  done
  [ "$any" ] || printf 'none %s\n' "${p#?}"
done
"""
).replace("MOST", str(MOST))

PORT = (
    PEM
    + r"""
command -v openssl >/dev/null 2>&1 || { echo 'without openssl'; exit; }
at=$1 name=$2 kind=$3
set -- -connect "$at" -showcerts
[ -z "$name" ] || set -- "$@" -servername "$name"
[ -z "$kind" ] || set -- "$@" -starttls "$kind"
openssl s_client "$@" </dev/null 2>&1 | pem MOST 1
"""
).replace("MOST", str(MOST))
