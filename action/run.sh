#!/usr/bin/env bash
# Runs one command of rampgate from the action's own source, and ends as action.yml says.
set -euo pipefail

reports=${RAMPGATE_REPORTS:-$RUNNER_TEMP/rampgate-reports}
mkdir -p -- "$reports"
# Nothing of the checkout can be imported: the current folder is left out, and so are the packages of the user.
export PYTHONPATH=$GITHUB_ACTION_PATH/src PYTHONSAFEPATH=1 PYTHONNOUSERSITE=1 PYTHONDONTWRITEBYTECODE=1
# The key that signs is for one command, as a file; no program that is started here finds it in its environment.
history_key=${RAMPGATE_HISTORY_KEY:-}
unset RAMPGATE_HISTORY_KEY

# The last word on outputs is ours: they are there even where rampgate crashed.
finish() {
    printf 'exit-code=%s\nreport-dir=%s\n' "$1" "$reports" >> "$GITHUB_OUTPUT"
    exit "$2"
}

# A command that publishes nothing: its text goes to the log, with workflow commands switched off because it quotes
# cards and policies, and into the summary as a block of code, which indenting every line makes of any text.
show() {
    local name=$1 mark code=0
    shift
    mark=$("$RAMPGATE_PYTHON" -c 'import secrets; print(secrets.token_hex(20))')
    echo "::stop-commands::$mark"
    "$RAMPGATE_PYTHON" -m rampgate "$@" 2>&1 | tee -- "$reports/$name.txt" || code=$?
    printf '\n::%s::\n' "$mark"
    {
        printf '\n### rampgate %s: exit code %s\n\n' "$name" "$code"
        head -c 500000 -- "$reports/$name.txt" | tr -d '\r' | sed 's/^/    /'
        printf '\n'
    } >> "$GITHUB_STEP_SUMMARY"
    finish "$code" "$code"
}

case $RAMPGATE_COMMAND in
    ci)
        code=0
        "$RAMPGATE_PYTHON" -m rampgate ci --repo "$RAMPGATE_REPO" --context "$RAMPGATE_CONTEXT" \
            --json "$reports/decision.json" --sarif "$reports/decision.sarif" --junit "$reports/decision.xml" || code=$?
        # 3 is a card that is invalid, which is published as undecided, or an event that could not be read. A run that
        # came to its end has written the output `verdict`, empty or not.
        case $code in
            0 | 10 | 11 | 12 | 3) if grep -q '^verdict' "$GITHUB_OUTPUT"; then finish "$code" 0; fi ;;
        esac
        finish "$code" "$((code == 0 ? 1 : code))"
        ;;
    record)
        words=(--repo "$RAMPGATE_REPO" --branch "$RAMPGATE_BRANCH" --json "$reports/record.json")
        if [ -n "${RAMPGATE_BEFORE:-}" ] && [ -n "${RAMPGATE_AFTER:-}" ]; then
            words+=(--before "$RAMPGATE_BEFORE" --after "$RAMPGATE_AFTER")
        fi
        if [ -n "${RAMPGATE_PULL:-}" ]; then words+=(--closed "$RAMPGATE_PULL"); fi
        if [ -n "$history_key" ]; then
            key=$RUNNER_TEMP/rampgate-history-key
            trap 'rm -f -- "$key"' EXIT
            rm -f -- "$key"
            # A pasted key may have lost its last end of line, or have those of another system.
            (umask 077 && printf '%s\n' "$history_key" | tr -d '\r' > "$key")
            words+=(--key "$key")
        fi
        show record record "${words[@]}"
        ;;
    check) show check check --repo "$RAMPGATE_REPO" ;;
    waivers) show waivers waivers --repo "$RAMPGATE_REPO" ;;
    doctor) show doctor github doctor --repo "$RAMPGATE_REPO" ;;
    *)
        echo "::error title=rampgate::the input command is none of ci, record, check, waivers, doctor"
        finish 2 2
        ;;
esac
