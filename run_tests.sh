#!/bin/sh
# Everything that checks the project: formatting, lint, types, tests.
#
#   ./run_tests.sh [PYTEST OPTIONS]      all of it; the options go to pytest
#   ./run_tests.sh --setup               make or check the environment only
#   ./run_tests.sh --lock [--upgrade]    make the lock files and environment.yml anew from
#                                        pyproject.toml; options go to uv
#
# Installs nothing on the system: pytest says at its end which tests were left out, and why.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
cd "$root"

me=run_tests.sh setup='' quiet=''
case ${1:-} in --setup) setup=yes ;; esac

. "$root/setup_environment.sh"
environment .venv-dev requirements-dev.lock tests

compile_lock() {
    "$env/bin/uv" pip compile -q pyproject.toml --extra build --universal --generate-hashes \
        --no-emit-index-url --no-header --python-version 3.11 "$@"
}

write_conda_file() {
    cat >environment.yml <<END
# For conda, mamba or micromamba, made by ./run_tests.sh --lock:
#   conda env create -f environment.yml && conda activate infra-report
#   pip install --no-deps --no-build-isolation --no-index -e .
#   infra-report daily
name: infra-report
channels:
  - conda-forge
dependencies:
  - python$(sed -n 's/^requires-python = "\(.*\)"$/\1/p' pyproject.toml)
  - pip
  - pip:
      - --require-hashes
      - "--only-binary :all:"
      - -r requirements.lock
END
}

case ${1:-} in
    --setup)
        echo "The environment is ready. Next: ./run_tests.sh"
        exit 0
        ;;
    --lock)
        shift
        compile_lock "$@" -o requirements.lock
        compile_lock "$@" --extra dev -c requirements.lock -o requirements-dev.lock
        write_conda_file
        echo "Written: requirements.lock, requirements-dev.lock, environment.yml"
        exit 0
        ;;
esac

failed=''
check() {
    echo "== $*"
    "$env/bin/python" -m "$@" || failed="$failed '$*'"
}

check ruff format --check .
check ruff check .
check mypy
[ -z "$failed" ] || echo "== FAILED before the tests, and so this run fails:$failed"
echo "== pytest"
# A file's tests stay in one process, so that what is dear to set up is set up once; files
# begin in the order of tests/conftest.py, the longest first.
status=0
"$env/bin/python" -m pytest -n auto --dist loadfile --no-loadscope-reorder "$@" || status=$?
if [ -n "$failed" ] && [ "$status" = 0 ]; then status=1; fi
exit "$status"
