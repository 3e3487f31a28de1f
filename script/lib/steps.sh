# shellcheck shell=bash
# steps.sh — run named steps, keep their output in a log, and sum up what passed.
#
# A step whose last line is "N passed, N failed" counts as that many; any other counts
# as one, by its exit status. What failed is named once more at the end, just before the
# sum, since a long log is read from there. Sourced after common.sh.

STEPS_PASSED=0
STEPS_FAILED=0
STEPS_FAILURES=
# What the test runners write before a failed case: cmocka, Node.js, Vitest, Playwright,
# and the scripts' own tests.
STEPS_FAILURE='^ *(\[  FAILED  \] [a-z]|✖ |FAIL  |[0-9]+\) (\[|e2e/)|FAILED: )'
STEPS_LOGS=${STEPS_LOGS:-$ROOT/build/log}
mkdir -p "$STEPS_LOGS"

# step NAME COMMAND...: quiet when it passes.
step() {
    run_step quiet "$@"
}

# loud_step NAME COMMAND...: what it prints is shown while it runs.
loud_step() {
    run_step loud "$@"
}

run_step() {
    local how=$1 name=$2 log status=0 began=$SECONDS
    shift 2
    log=$STEPS_LOGS/${name//[^a-zA-Z0-9]/-}.log
    if [ "$how" = loud ]; then
        say "$name"
        "$@" 2>&1 </dev/null | tee "$log" || status=$?
    else
        "$@" >"$log" 2>&1 </dev/null || status=$?
    fi
    count_step "$log" "$status"
    if [ "$status" -eq 0 ]; then
        say "$name: ok ($((SECONDS - began)) s)"
    else
        [ "$how" = loud ] || tail -n 100 "$log"
        say "$name: FAILED ($((SECONDS - began)) s)"
        note_failures "$name" "$log"
    fi
}

# Each failed case once, without how long it took; at most 20 of a step. One that ran steps
# of its own has named them already.
note_failures() {
    local cases
    cases=$(grep -a '^failed: ' "$2" || grep -aE "$STEPS_FAILURE" "$2" || echo 'see its output')
    cases=$(sed -E '/✖ failing tests:/d; s/^ *(failed: )?//; s/ (\([0-9.]+ ?m?s\)|─+) *$//' <<<"$cases")
    STEPS_FAILURES+=$(sort -u <<<"$cases" | sed -n "1,20s/^/failed: $1: /p")$'\n'
}

count_step() {
    local log=$1 status=$2 passed=1 failed=0
    if [[ $(tail -n 1 "$log") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=${BASH_REMATCH[1]}
        failed=${BASH_REMATCH[2]}
        # It says that nothing failed, and yet it did: a crash on the way out.
        [ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
    elif [ "$status" -ne 0 ]; then
        passed=0
        failed=1
    fi
    STEPS_PASSED=$((STEPS_PASSED + passed))
    STEPS_FAILED=$((STEPS_FAILED + failed))
}

# The last line of a script, and its exit status.
sum_up() {
    printf '%s' "$STEPS_FAILURES"
    echo "$STEPS_PASSED passed, $STEPS_FAILED failed"
    [ "$STEPS_FAILED" -eq 0 ]
}
