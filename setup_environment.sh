# shellcheck shell=sh
# Sourced by run_daily.sh and run_tests.sh; makes their Python environments.
#
#   .venv      -> .venvs/daily-20261123-050000-4711    (run_daily.sh, requirements.lock)
#   .venv-dev  -> .venvs/tests-20261123-081500-5822    (run_tests.sh, requirements-dev.lock)
#
# A new one is built in its final place, since environments cannot be moved, and the link is
# swapped when it is whole: a run never meets a half-made one. The one before stays, for runs
# that are still using it; older ones are removed.
#
# The caller sets: me (its name, for messages), root (the project), setup and quiet ('' = no).
: "${me:?}" "${root:?}" "${setup?}" "${quiet?}"

say() { [ -n "$quiet" ] || printf '%s\n' "$*" >&2; }
complain() { printf '%s: %s\n' "$me" "$*" >&2; }

# What an environment is made from: where it stands, the package's metadata, exact versions.
# A copy is the last thing written into an environment, so it also tells that this is whole.
recipe() {
    printf '%s\n' "$root"
    sed '/^\[tool/,$d' "$root/pyproject.toml"
    cat "$root/$lock"
}

# Two file reads and no Python: this is all that a usual run pays.
current() {
    [ -x "$root/$link/bin/python" ] && [ -r "$root/$link/recipe" ] &&
        [ "$(recipe)" = "$(cat "$root/$link/recipe")" ]
}

# Does the environment still run, and find this checkout rather than one it was copied from?
usable() {
    "$root/$link/bin/python" -I -c '
import importlib.util, os, sys
spec = importlib.util.find_spec("report")
sys.exit(not (spec and os.path.samefile(os.path.dirname(spec.origin), sys.argv[1] + "/report")))
' "$root" 2>/dev/null
}

# The long look, for --setup: every installed file is there, and PYTHON is the one asked for.
intact() {
    "$root/$link/bin/python" -I -c '
import os, sys
from importlib.metadata import distributions
missing = [f for d in distributions() for f in d.files or () if not os.path.exists(f.locate())]
other = sys.argv[1] and sys.argv[1] != os.path.realpath(sys.executable)
sys.exit(bool(missing or other))
' "$1" 2>/dev/null
}

# Sets $python to the first Python that will do, or $found to what was wrong with each.
# The real path, so that an upgrade which takes that Python away leaves a dangling link.
find_python() {
    python='' found=''
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set -- python3.14 python3.13 python3.12 python3.11 python3
    fi
    for name; do
        if answer=$("$name" -I -c '
import os, sys
if sys.version_info < (3, 11):
    sys.exit("is Python %d.%d" % sys.version_info[:2])
try:
    import ensurepip, ssl, venv
except ImportError as error:
    sys.exit("has no module %s" % error.name)
print(os.path.realpath(sys.executable))
' 2>&1); then
            python=$answer
            return 0
        fi
        case $answer in "is Python "* | "has no module "*) found="$found; $name $answer" ;; esac
    done
    found=${found:-; ${PYTHON:-none in PATH}${PYTHON:+ is not one}}
    return 1
}

needs_python() {
    complain "needs Python 3.11 or later with its venv module${found}. What gives one:
    Debian, Ubuntu:  sudo apt install python3-venv     (where python3 is older: python3.11-venv)
    RHEL, Rocky:     sudo dnf install python3.11
    without root:    conda create -y -p ~/python311 python=3.11
    then, if it is not in PATH:  PYTHON=/path/to/python3 ./$me"
}

# Held by the file descriptor, which this shell shares with the Python that asks for it: the
# system lets go of it however the builder ends. flock(1) is not on every machine.
lock_building() {
    exec 9>>"$root/.venvs/$kind.lock"
    "$python" -I -c '
import fcntl, sys
try:
    fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    if sys.argv[1] != "quiet":
        print("Waiting for the environment that another start is making ...", file=sys.stderr)
    fcntl.flock(9, fcntl.LOCK_EX)
' "${quiet:+quiet}" 9>&9
}

# On a terminal, shows pip's last line until this shell ends or kills it.
show_progress() {
    while kill -0 $$ 2>/dev/null; do
        printf '\r\033[K  %.76s' "$(tail -n 1 "$log" | tr -d '[:cntrl:]')" >&2
        sleep 1
    done
}

# The lock without PlutoPrint on musl, for which there is no wheel: no PDF there, HTML instead.
lock_for_this_machine() {
    case $("$python" -I -c 'import sysconfig as s; print(s.get_config_var("HOST_GNU_TYPE"))') in
        *musl*) awk '/^[^ #]/ { drop = /^plutoprint==/ } !drop' "$root/$lock" ;;
        *) cat "$root/$lock" ;;
    esac
}

pip_install() {
    PIP_USER=0 "$new/bin/python" -I -m pip --disable-pip-version-check --no-input \
        install --progress-bar off --compile "$@"
}

build() {
    made_from=$(recipe)
    # Each names what is being done, for the message if it fails.
    doing="python -m venv" && "$python" -I -m venv "$new" &&
        doing="pip install of $lock" && lock_for_this_machine >"$new/requirements.lock" &&
        pip_install --require-hashes --only-binary :all: -r "$new/requirements.lock" &&
        doing="pip install of the project" &&
        (cd "$root" && pip_install --no-deps --no-build-isolation --no-index -e .) &&
        { "$new/bin/python" -I -m compileall -q "$root/collectors" "$root/report" || :; } &&
        printf '%s\n' "$made_from" >"$new/recipe" &&
        doing="swapping $link" && swap_in
}

# One rename, which no run can catch half done. A folder of that name is somebody's own.
swap_in() {
    "$python" -I -c '
import os, sys
target, link, aside = sys.argv[1:]
if os.path.isdir(link) and not os.path.islink(link):
    os.rename(link, aside)
if os.path.lexists(link + ".new"):
    os.remove(link + ".new")
os.symlink(target, link + ".new")
os.replace(link + ".new", link)
' ".venvs/${new##*/}" "$root/$link" "$root/$link.aside-$$"
}

# What a killed builder left, and with `all` the older ones too; never $new nor $before.
clean_up() {
    for old in "$root/.venvs/$kind"-*; do
        case $old in "$new" | "$before") continue ;; esac
        if [ "$1" = all ] || ! [ -e "$old/recipe" ]; then rm -rf "$old"; fi
    done
}

# Says on failure what went wrong, and leaves what was there before as it was.
renew() {
    find_python || { needs_python && return 1; }
    if ! mkdir -p "$root/.venvs" 2>/dev/null || ! [ -w "$root/.venvs" ]; then
        complain "$(id -un) may not write to $root, where the environment $link is to be made"
        return 1
    fi
    lock_building || return 1
    if ready; then exec 9>&- && return 0; fi
    log=$root/.venvs/$kind.log
    new=$root/.venvs/$kind-$(date +%Y%m%d-%H%M%S)-$$
    before=$(CDPATH='' cd "$root/$link" 2>/dev/null && pwd -P) || before=''
    say "Making the environment $link with $python: about a minute, this once ..."
    : >"$log"
    clean_up half-made
    watcher=''
    if [ -z "$quiet" ] && [ -t 2 ]; then show_progress 9>&- & watcher=$!; fi
    made=yes
    build >>"$log" 2>&1 || made=''
    if [ -n "$watcher" ]; then kill "$watcher" 2>/dev/null && printf '\r\033[K' >&2; fi
    if [ -n "$made" ]; then
        clean_up all
    else
        complain "$doing failed; its last lines (all of it: $log):"
        grep -Ev '^(WARNING|Ignoring)' "$log" | tail -n 4 | sed 's/^/    /' >&2
        rm -rf "$new"
    fi
    exec 9>&-
    [ -n "$made" ]
}

ready() {
    wanted=''
    if [ -n "$setup" ] && [ -n "${PYTHON:-}" ]; then
        find_python || return 1
        wanted=$python
    fi
    current && { [ -z "$setup" ] || { usable && intact "$wanted"; }; }
}

# environment LINK LOCK KIND: leaves a whole environment's real path in $env, or exits 69.
environment() {
    link=$1 lock=$2 kind=$3
    unset PYTHONHOME PYTHONPATH # they would bring other packages in
    if ! ready && ! renew; then
        if [ -n "$setup" ] || ! usable; then
            complain "the environment $link could not be made"
            exit 69
        fi
        complain "going on with the environment made before; try again: ./$me --setup"
    fi
    # The real path: a swap during the run must not give it modules of two environments.
    # shellcheck disable=SC2034 # the caller's
    env=$(CDPATH='' cd "$root/$link" && pwd -P)
}
