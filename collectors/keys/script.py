"""The script of `keys`: sshd's settings first, then each local user's files, without a fork
for those who have none.

A mount is asked once whether it answers, and homes under one that does not are counted.
"""

from __future__ import annotations

# Of one file: some 500 keys. A longer one is read so far, and it is said.
MOST_OF_A_FILE = 400_000
MOST_FILES = 100
LONGEST_LINE = 7000
REMOTE = "^(nfs|cifs|smb|fuse|autofs|ceph|9p|afs|glusterfs|lustre|gpfs|beegfs|sshfs)"

SCRIPT = r"""
settings() {
  awk '{
    sub(/\r$/, ""); gsub(/["=]/, " "); key = tolower($1)
    if (key ~ /^(include|authorizedkeysfile|authorizedkeyscommand|trustedusercakeys)$/)
      for (i = 2; i <= NF && $i !~ /^#/; i++) print key, $i
  }' "$1"
}
# Only those that somebody's home lies on are asked.
mounts() {
  awk 'NR == FNR { split($0, part, ":"); if (part[6] ~ /^\//) homes[part[6] "/"]; next }
    $3 ~ /REMOTE/ {
      at = $2; sub(/\/*$/, "/", at)
      for (home in homes) if (index(home, at) == 1) { print $3, $2; break }
    }' /etc/passwd /proc/self/mounts 2>/dev/null
}
# Only what holds a public key is printed: a link may lead to any file of the system. In
# base64 a length below 104 and "ss", "sk", "ec" or "we", as the names of key types begin.
public() {
  head -c MOST_OF_A_FILE "$1" | awk -v file="$files" -v most=MOST_OF_A_FILE '
    function is_old(  i) {
      for (i = 3; i <= NF && i < 9; i++)
        if (length($i) > 60 && $i ~ /^[0-9]+$/ && $(i - 1) ~ /^[0-9]+$/ && $(i - 2) ~ /^[0-9]+$/)
          return 1
      return 0
    }
    { read += length($0) + 1; if (read >= most) next; sub(/\r$/, "") }
    /^[ \t]*(#|$)/ { next }
    length($0) <= LONGEST_LINE && (/[^ \t][ \t]+AAAA[A-Z][GHWXmn23][NVd]/ || is_old()) {
      print "key|" file ":" NR ":" $0; next
    }
    { other++ }
    END { if (other) print "other|" file ":" other; if (read >= most) print "cut|" file }'
}
tell() {
  files=$((files + 1)); printf 'file|%s:%s:%s\n' "$files" "$1" "$2"; public "$2"
}
# The tokens of sshd_config(5): home, name, uid.
expand() {
  rest=$1; file=
  while :; do case $rest in
    *%*)
      file=$file${rest%%\%*}; rest=${rest#*%}
      case $rest in h*) file=$file$home ;; u*) file=$file$name ;; U*) file=$file$uid ;;
        *) file=$file${rest%"${rest#?}"} ;; esac
      rest=${rest#?} ;;
    *) file=$file$rest; break ;; esac; done
  case $file in /*) ;; *) file=${home%/}/$file ;; esac
}
look() {
  if [ -f "$file" ]; then
    if [ -r "$file" ]; then tell "$name" "$file"; else shut=1; fi
    return
  fi
  if [ -e "$file" ]; then odd=$((odd + 1)); return; fi
  up=${file%/*}
  while [ "$up" ] && [ ! -d "$up" ]; do up=${up%/*}; done
  [ -x "${up:-/}" ] || shut=1
}
files=0; users=0; closed=0; odd=0; away=0; read_settings=0
patterns='.ssh/authorized_keys .ssh/authorized_keys2'; trusted=; command=; unread=
set -f
set -- /etc/ssh/sshd_config /usr/local/etc/ssh/sshd_config
[ -e /etc/ssh/sshd_config ] || set -- "$@" /usr/etc/ssh/sshd_config
while [ $# -gt 0 ] && [ "$read_settings" -lt MOST_FILES ]; do
  config=$1; shift; read_settings=$((read_settings + 1))
  [ -f "$config" ] || continue
  [ -r "$config" ] || { unread=$config; continue; }
  key=
  for word in $(settings "$config"); do
    if [ ! "$key" ]; then key=$word; continue; fi
    case $key:$word in
      include:*)
        case $word in /*) ;; *) word=/etc/ssh/$word ;; esac
        set +f; set -- "$@" $word; set -f ;;
      *:none) ;;
      authorizedkeysfile:*) case " $patterns " in *" $word "*) ;; *) patterns="$patterns $word" ;;
        esac ;;
      trustedusercakeys:*) trusted="$trusted $word" ;;
      authorizedkeyscommand:/*) command=$word ;;
    esac
    key=
  done
done
for file in $trusted; do
  if [ -f "$file" ] && [ -r "$file" ]; then tell '*' "$file"
  elif [ -e "$file" ]; then unread=$file; fi
done
# Later mounts lie over earlier ones, so the last that holds a home decides.
apart=; kind=
for word in $(mounts); do
  if [ ! "$kind" ]; then kind=$word; continue; fi
  case $kind in autofs) apart="$apart away $word" ;; *)
    if within 2 ls -d "$word/." >/dev/null 2>&1; then apart="$apart there $word"
    else apart="$apart away $word"; fi ;; esac
  kind=
done
while IFS=: read -r name _ uid _ _ home _ <&4 || [ "$name" ]; do
  case $name:$home in [!+#-]*:/*) ;; *) name=; continue ;; esac
  users=$((users + 1)); state=; where=there
  for word in $apart; do
    if [ ! "$state" ]; then state=$word; continue; fi
    case $home/ in "${word%/}"/*) where=$state ;; esac
    state=
  done
  if [ "$where" = away ]; then away=$((away + 1)); name=; continue; fi
  shut=
  for pattern in $patterns; do expand "$pattern"; look; done
  [ "$uid" = 0 ] && { file=/etc/dropbear/authorized_keys; look; }
  [ "$shut" ] && closed=$((closed + 1))
  name=
done 4</etc/passwd
[ "$unread" ] && say unread printf '%s\n' "$unread"
[ "$command" ] && say command printf '%s\n' "$command"
say looked printf '%s %s %s %s\n' "$users" "$closed" "$odd" "$away"
"""
for _word, _meaning in {
    "MOST_OF_A_FILE": str(MOST_OF_A_FILE),
    "MOST_FILES": str(MOST_FILES),
    "LONGEST_LINE": str(LONGEST_LINE),
    "REMOTE": REMOTE,
}.items():
    SCRIPT = SCRIPT.replace(_word, _meaning)
