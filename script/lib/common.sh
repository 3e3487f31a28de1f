# shellcheck shell=bash
# common.sh — what the scripts share. Sourced: sets strict mode, goes to the repository.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
ROOT=$PWD

NODE_AT_LEAST=20.19
NODE_CACHE=$ROOT/build/node

say() {
    printf '== %s\n' "$*"
}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# The comment at the top of a script is its help.
help_from_header() {
    sed -n '2,/^$/ s/^# \{0,1\}//p' "$0"
}

# version_at_least HAVE WANT
version_at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

# Is there a node on the PATH, or in the cache of script/bootstrap, that is new enough?
# Puts it on the PATH.
use_node() {
    local have
    [ -x "$NODE_CACHE/node_modules/node/bin/node" ] &&
        PATH=$NODE_CACHE/node_modules/node/bin:$PATH
    have=$(node --version 2>/dev/null) || return 1
    version_at_least "${have#v}" "$NODE_AT_LEAST"
}

# run_npm ARGUMENT...: says nothing but the beginning of an error, and gives up after
# seconds where there is no registry. A newer node warns of what Debian's npm does.
run_npm() {
    NODE_NO_WARNINGS=1 npm "$@" --loglevel=error --no-fund --no-audit \
        --fetch-retries=2 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=4000 \
        2>&1 >/dev/null | sed -n 1,4p >&2
}

# install_modules FOLDER: what its package-lock.json says, from npm.
install_modules() {
    [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ] ||
        (cd "$1" && run_npm ci) # from there, or its .npmrc does not count
}

# What the whole-server tests need from npm.
install_e2e_modules() {
    install_modules test/e2e
}

# The pages that are embedded when the program is built: the viewer of GET /docs, and the
# page that people vote on. Without npm, or its registry, the program is built all the same.
build_pages() {
    if ! use_node || ! command -v npm >/dev/null; then
        say "no npm, or no node >= $NODE_AT_LEAST: / and /docs stay as they were, or are plain"
        return
    fi
    install_modules docs/api/page || say "npm brought no viewer: /docs will be a plain page"
    if install_modules web; then
        build_web
    else
        say "npm brought not what builds the page: / stays as it was, or says how to get it"
    fi
}

# Built when something that it is made of is newer than what was built last, the widget.
# The folders count, since a file may have been removed.
build_web() {
    [ -n "$(find web docs/api/openapi.yaml \
        \( -path web/node_modules -o -path web/dist -o -path web/e2e \) -prune -o \
        -newer web/dist/embed.html -print -quit 2>&1)" ] || return 0
    say "building the page"
    (cd web && NODE_NO_WARNINGS=1 npm run --silent build)
}

# sum_up_json FILE PASSED FAILED STATUS: the line that script/lib/steps.sh counts, from the
# numbers in a test runner's report; a runner that failed otherwise counts as one failure.
sum_up_json() {
    local passed failed
    passed=$(node -p "require('$1').$2")
    failed=$(node -p "require('$1').$3")
    [ "$4" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

# build_in DIR [MESON OPTION...]: configure once, then build what has changed.
build_in() {
    local dir=$1
    shift
    if [ ! -f "$dir/build.ninja" ]; then
        meson setup "$dir" "$@" >"$dir.log" 2>&1 || {
            cat "$dir.log" >&2
            rm -f "$dir.log"
            return 1
        }
        rm -f "$dir.log"
    fi
    build_pages
    ninja -C "$dir" --quiet
}
