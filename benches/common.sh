# shellcheck shell=bash
# What the benchmarks share; read by the scripts beside it.
#
# All run against the test bed's Dovecot, on its plain port: its TLS proxy would
# be the limit. Everybody's runs are interleaved, so that all see the same
# minutes of a shared machine: quote ratios, not seconds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C.UTF-8 PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

fail() {
    echo "error: $*" >&2
    exit 1
}

# The programs a benchmark needs besides Waxwing.
need() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null ||
            fail "$program is missing (see the packages at the top of $0; Rust from https://rustup.rs)"
    done
}
need cargo

waxwing=${WAXWING:-${CARGO_TARGET_DIR:-target}/release/waxwing}
[ -x "$waxwing" ] || fail "no $waxwing; build it with: cargo build --release"
waxwing=$(realpath "$waxwing")

work=$(mktemp -d "${TMPDIR:-/tmp}/waxwing-measure-XXXXXX")
bed='' line='' server='' others=()
finish() {
    # The servers end themselves when the process that started them is gone.
    for process in "${others[@]}" $line $bed; do kill "$process" 2>/dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT

# Starts a helper of the test binary, and reads what it writes to a file when it
# is ready: module, file, variable for the process
start() {
    "$it" --ignored --exact "it::bed::$1::serve" --nocapture >"$work/$1.log" 2>&1 &
    local process=$!
    printf -v "$3" '%s' "$process"
    while [ ! -s "$2" ]; do
        kill -0 "$process" 2>/dev/null || fail "$(cat "$work/$1.log")"
        sleep 0.05
    done
    # shellcheck disable=SC1090
    . "$2"
}

# The servers, filled as tests/it/bed/serve.rs says: NAME=VALUE ...
start_bed() {
    echo "Building and starting the servers ($*) ..."
    cargo test --locked --no-default-features --test it --no-run \
        --message-format json 2>"$work/build.log" >"$work/build.json" ||
        fail "$(cat "$work/build.log")"
    it=$(grep -o '"executable":"[^"]*/it-[^"]*"' "$work/build.json" | tail -n 1 | cut -d '"' -f 4)
    # shellcheck disable=SC2163 # they are NAME=VALUE
    export "$@"
    export WAXWING_BED_STATE="$work/bed"
    start serve "$work/bed" bed
    export SSL_CERT_FILE=$CA_FILE WAXWING_PASSPHRASE="open sesame"
}

password_of() {
    local name=BED_PASSWORD_$1
    echo "${!name}"
}

# An empty profile with the account of a user: profile, user's number, port.
# PREFETCH says what is fetched unasked.
new_profile() {
    local name=BED_USER_$2
    local user=${!name}
    rm -rf "$1"
    cat >"$work/account.toml" <<TOML
name = "Bed"
email = "$user"
[incoming]
protocol = "imap"
host = "127.0.0.1"
port = $3
security = "none"
username = "$user"
auth = "password"
[incoming.imap]
prefetch = "${PREFETCH:-all}"
[outgoing]
host = "localhost"
port = $SMTP_TLS
security = "tls"
username = "$user"
auth = "password"
TOML
    password_of "$2" | "$waxwing" --profile "$1" --secrets file \
        account add "$work/account.toml" --password-stdin --no-verify >/dev/null
}

ours() { # profile, command ...
    local profile=$1
    shift
    "$waxwing" --profile "$profile" --secrets file "$@"
}

# An empty Maildir store and its mbsyncrc: folder, user's number, port, FSync
new_mbsync() {
    local name=BED_USER_$2
    rm -rf "$1"
    mkdir -p "$1"
    cat >"$1/rc" <<RC
FSync $4

IMAPAccount bed
Host 127.0.0.1
Port $3
User ${!name}
Pass "$(password_of "$2")"
SSLType None

IMAPStore far
Account bed

MaildirStore near
Path $1/mail/
Inbox $1/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Near
Expunge Near
SyncState *
RC
    mkdir -p "$1/mail"
}

stored_by_mbsync() {
    find "$1/mail" -type f -path '*/[cn][ue][rw]/*' ! -name '.*' | wc -l
}

# A display that nobody sees, drawn on by the CPU.
start_display() {
    export ICED_BACKEND=tiny-skia
    Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp 3>"$work/display" 2>/dev/null &
    others+=($!)
    while [ ! -s "$work/display" ]; do sleep 0.05; done
    DISPLAY=:$(cat "$work/display")
    export DISPLAY
    openbox 2>/dev/null &
    others+=($!)
    sleep 0.5
}

# Adds a row to the figures of a name: seconds, and of a program that ended its
# largest resident kilobytes and its CPU seconds, user's and system's.
figure() { echo "$2 ${3:-0} ${4:-0} ${5:-0}" >>"$work/$1.figures"; }

# Runs a program, which leaves those three in $work/cost.
costed() { /usr/bin/time -f '%M %U %S' -o "$work/cost" "$@"; }

# Adds a row with what the program that just ended has cost: name, seconds
cost() {
    # shellcheck disable=SC2046
    figure "$1" "$2" $(tail -n 1 "$work/cost")
}

# Seconds from one moment of EPOCHREALTIME to another, or to now, in $seconds.
stop_watch() {
    local now=${2:-$EPOCHREALTIME} then=${1/./}
    now=${now/./}
    printf -v seconds '%d.%03d' $(((now - then) / 1000000)) $(((now - then) / 1000 % 1000))
}

# Runs a command and adds its time and its largest resident size.
timed() { # name, command ...
    local name=$1 seconds began
    shift
    began=$EPOCHREALTIME
    costed "$@" >"$work/out" 2>&1 ||
        fail "$name: $*: $(cat "$work/out")"
    stop_watch "$began"
    cost "$name" "$seconds"
}

# Runs a sync of Waxwing: NAME from the start of the program to its end, and
# NAME-stored to when all mail is in the store (the index may come later).
# NAME-net and NAME-stored-net start with the first connection: before it the
# file of secrets is opened (Argon2 with 64 MiB, slow on purpose), which a
# program that stays open does once.
timed_sync() { # name, profile, more arguments of sync
    local name=$1 profile=$2 began connected='' stored='' row rows='' seconds
    shift 2
    rm -f "$work/failed"
    began=$EPOCHREALTIME
    while IFS= read -r row; do
        case $row in
        *connecting*) connected=${connected:-$EPOCHREALTIME} ;;
        # A line a folder when all are stored; the index comes before the last.
        *'"folder":'*) stored=$EPOCHREALTIME ;;
        esac
        rows+=$row$'\n'
    done < <(costed "$waxwing" -vv --profile "$profile" --secrets file --json sync "$@" 2>&1 ||
        touch "$work/failed")
    stop_watch "$began"
    if [ -e "$work/failed" ] || [ -z "$connected" ] || [ -z "$stored" ]; then
        fail "$name: $rows"
    fi
    cost "$name" "$seconds"
    stop_watch "$connected"
    figure "$name-net" "$seconds"
    stop_watch "$began" "$stored"
    figure "$name-stored" "$seconds"
    stop_watch "$connected" "$stored"
    figure "$name-stored-net" "$seconds"
}

# mbsync, at its best: right after a change it waits for a fresh second.
timed_mbsync() { # name, folder
    sleep 1.2
    timed "$1" mbsync -c "$2/rc" -a
}

# From the start of the program to the first rows in the store, NAME, and from
# the first connection, NAME-net: what a window shows at once. On a profile of
# its own.
first_screen() { # name, user's number, port
    local began connected='' rows row watcher seconds
    new_profile "$work/screen" "$2" "$3"
    began=$EPOCHREALTIME
    exec {rows}< <(exec "$waxwing" -vv --profile "$work/screen" --secrets file \
        --json sync --watch 2>&1)
    watcher=$!
    while IFS= read -r -u "$rows" row; do
        case $row in
        *connecting*) connected=${connected:-$EPOCHREALTIME} ;;
        *'"folder":"INBOX","new":'[1-9]*) break ;;
        esac
    done
    stop_watch "$began"
    [ -n "$connected" ] || fail "$1: ended with: $row"
    figure "$1" "$seconds"
    stop_watch "$connected"
    figure "$1-net" "$seconds"
    kill "$watcher"
    wait "$watcher" 2>/dev/null || true
    exec {rows}<&-
}

# Puts a line of 40 ms and 50 Mbit/s before the server, on $LINE_PORT, for one
# run. WAXWING_LINE_MS and WAXWING_LINE_MBIT make it another.
line_up() {
    export WAXWING_LINE_TARGET=$IMAP_PLAIN WAXWING_LINE_STATE=$work/line
    export WAXWING_LINE_PORT=${LINE_PORT:-0}
    rm -f "$work/line"
    start line "$work/line" line
}

# Takes it away and keeps what the run cost: name
line_down() {
    kill -TERM "$line"
    wait "$line"
    line=''
    # shellcheck disable=SC1091
    . "$work/line"
    echo "$LINE_CONNECTIONS $LINE_TURNS $LINE_WAITS $LINE_DOWN $LINE_UP" >>"$work/$1.line"
}

# Signs in at the IMAP server and keeps the connection in $server.
sign_in() { # user's number, port
    local name=BED_USER_$1 greeting
    exec {server}<>"/dev/tcp/127.0.0.1/$2"
    read -r -u "$server" greeting
    [[ $greeting == '* OK'* ]] || fail "the server greets with: $greeting"
    say "LOGIN ${!name} \"$(password_of "$1")\"" >/dev/null
}

# One command, and what the server answers before it is done.
say() {
    local row
    printf 'a %s\r\n' "$1" >&"$server"
    while IFS= read -r -u "$server" row; do
        row=${row%$'\r'}
        case $row in
        'a OK'*) return ;;
        'a '*) fail "the server said \"$row\" to: ${1:0:100}" ;;
        *) echo "$row" ;;
        esac
    done
    fail "the server hung up at: ${1:0:100}"
}

# The figures of some names as a table, then ratios: NAME ... [: MINE/THEIRS ...]
table() {
    local title=$1 name seconds rounds
    shift
    printf '\n%-30s %9s %9s %9s %9s\n' "$title" "min s" "median s" "CPU s" "max MB"
    while [ $# -gt 0 ] && [ "$1" != : ]; do
        name=$1
        shift
        seconds=$(cut -d ' ' -f 1 "$work/$name.figures" | sort -n)
        rounds=$(wc -l <<<"$seconds")
        printf '%-30s %9s %9s %s\n' "$name" "$(head -n 1 <<<"$seconds")" \
            "$(sed -n "$(((rounds + 1) / 2))p" <<<"$seconds")" \
            "$(awk '{ cpu = $3 + $4 } NR == 1 || cpu < least { least = cpu }
                $2 > most { most = $2 }
                END { if (most) printf "%9s %9.0f", least ? sprintf("%.2f", least) : "", most / 1024 }' \
                "$work/$name.figures")"
    done
    [ $# -eq 0 ] || shift
    [ $# -eq 0 ] || printf '\n%-60s %9s\n' "ratio" "of min s"
    for name in "$@"; do
        printf '%-60s %9s\n' "$name" "$(awk "BEGIN { printf \"%.2f\", \
            $(least "${name%/*}") / $(least "${name#*/}") }")"
    done
}
least() { cut -d ' ' -f 1 "$work/$1.figures" | sort -n | head -n 1; }

# What the runs over the line cost, the best round of each: NAME ...
line_table() {
    local name
    printf '\n%-30s %9s %9s %9s %9s %9s\n' "the line" connects waits turns "MB down" "MB up"
    for name in "$@"; do
        sort -n -k 3,3 "$work/$name.line" | head -n 1 | awk -v name="$name" \
            '{ printf "%-30s %9d %9d %9d %9.2f %9.2f\n", name, $1, $3, $2, $4 / 1000000, $5 / 1000000 }'
    done
}
