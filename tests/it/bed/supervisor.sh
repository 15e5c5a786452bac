#!/bin/sh
# Runs the servers of one test bed, and ends them whatever happens to the tests.
#
# The tests hold the writing end of this script's standard input. Orders come
# through it, a line each; when it closes (dropped, finished, panicked, killed)
# the servers are ended and the directory is removed. Signals from a terminal
# are ignored, because the closing of the pipe follows them anyway.
#
# Must be root, or root in a user namespace: Postfix insists on it.
set -u
dir=$1
postfix_master=$2
trap '' INT HUP QUIT
umask 022

start_dovecot() { # $1: imap or post
    setsid setpriv --pdeathsig TERM dovecot -F -c "$dir/dovecot-$1.conf" \
        </dev/null >>"$dir/dovecot-$1.out" 2>&1 &
    eval "$1_pid=$!"
}

start_postfix() {
    setsid setpriv --pdeathsig TERM "$postfix_master" -d -c "$dir/postfix" \
        </dev/null >>"$dir/postfix.out" 2>&1 &
    smtp_pid=$!
}

# Ends a server gently, and half a second later by force, with all its
# processes: Dovecot's own would serve their clients for ten seconds more.
stop() {
    [ -n "$1" ] || return 0
    kill -TERM "$1" 2>/dev/null
    { sleep 0.5 && kill -KILL "-$1" 2>/dev/null; } &
    force=$!
    wait "$1" 2>/dev/null
    kill "$force" 2>/dev/null
    # Each server leads a process group of its own.
    kill -KILL "-$1" 2>/dev/null
}

finish() {
    trap '' TERM
    # By force at once: nothing of theirs is kept.
    for pid in $imap_pid $smtp_pid $post_pid; do
        kill -KILL "-$pid" 2>/dev/null
    done
    wait
    # A process that is just dying may still write a last line of log.
    rm -rf "$dir" || { sleep 0.3; rm -rf "$dir"; }
    exit 0
}

# What `postfix check` would set up, without touching the system's Postfix.
spool=$dir/spool
mkdir -p "$spool/pid" "$dir/postfix-data"
for queue in incoming active bounce defer deferred flush trace hold corrupt saved private; do
    mkdir -p "$spool/$queue"
    chown postfix "$spool/$queue"
    chmod 700 "$spool/$queue"
done
mkdir -p "$spool/maildrop" "$spool/public"
chown postfix:postdrop "$spool/maildrop" "$spool/public"
chmod 1730 "$spool/maildrop"
chmod 710 "$spool/public"
chown postfix "$dir/postfix-data"

imap_pid= post_pid= smtp_pid=
trap finish TERM
start_dovecot post
start_dovecot imap
start_postfix

while read -r order; do
    case $order in
        stop-imap) stop "$imap_pid"; imap_pid= ;;
        start-imap) start_dovecot imap ;;
        stop-smtp) stop "$smtp_pid"; smtp_pid= ;;
        start-smtp) start_postfix ;;
    esac
done
finish
