#!/bin/sh
# The daily report, for cron and for people: makes the Python environment when it is missing
# or out of date, then runs `infra-report daily` with the options given.
#
#   ./run_daily.sh [OPTIONS]         make the report (what options there are: --help)
#   ./run_daily.sh --setup [-q]      make or check the environment only
#
# Needs Python 3.11 or later; PYTHON=/path/to/python3 chooses one. pip's own settings and
# proxies count, so without a network: PIP_NO_INDEX=1 PIP_FIND_LINKS=$PWD/wheels.
# Exit code: that of infra-report; 69 when the environment cannot be made.
set -eu

self=$0
while [ -h "$self" ]; do
    target=$(readlink -- "$self")
    case $target in
        /*) self=$target ;;
        *) self=$(dirname -- "$self")/$target ;;
    esac
done
root=$(CDPATH='' cd -- "$(dirname -- "$self")" && pwd -P)

me=run_daily.sh setup='' quiet=''
for argument; do
    case $argument in
        --setup) setup=yes ;;
        -q | --quiet) quiet=yes ;;
    esac
done

. "$root/setup_environment.sh"
environment .venv requirements.lock daily

if [ -n "$setup" ]; then
    [ -n "$quiet" ] || printf 'The environment is ready. Next: %s/run_daily.sh\n' "$root"
    exit 0
fi
umask 077
exec "$env/bin/python" -P -m report daily "$@"
