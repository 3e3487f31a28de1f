# shellcheck shell=bash
# parts.sh — the parts of script/cluster: each is one process, known by its pid and the
# moment it began, so that a pid that somebody else has by now is never signalled.
#
# FOLDER/run/NAME is "PID BEGAN", FOLDER/port/NAME a port, FOLDER/log/NAME.log its output.

PART_LIMIT_S=300

is_part() {
    local part
    for part in "${PARTS[@]}"; do
        [ "$part" != "$1" ] || return 0
    done
    return 1
}

# In ticks since the system's start; nothing when there is no such process.
began_at() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
    stat=${stat##*) }
    # A zombie has ended.
    [ "${stat%% *}" = Z ] || cut -d' ' -f20 <<<"$stat"
}

# The pid of a part that runs, else nothing.
pid_of() {
    local pid began
    [ -f "$FOLDER/run/$1" ] || return 0
    read -r pid began <"$FOLDER/run/$1"
    [ "$(began_at "$pid")" != "$began" ] || echo "$pid"
}

port_of() {
    cat "$FOLDER/port/$1"
}

running_parts() {
    local part
    for part in demo "${PARTS[@]}"; do
        [ -z "$(pid_of "$part")" ] || printf '%s ' "$part"
    done
}

print_status() {
    local part pid
    for part in "${PARTS[@]}"; do
        pid=$(pid_of "$part")
        echo "$part ${pid:--} $(port_of "$part")"
    done
}

is_listening() {
    (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Below the ports that the kernel gives to clients, so that each part finds its own again.
free_port() {
    local port
    while :; do
        port=$((10000 + RANDOM % 10000))
        ! is_listening "$port" && ! grep -qx "$port" "$FOLDER"/port/* 2>/dev/null && break
    done
    echo "$port"
}

choose_ports() {
    local part port
    # shellcheck disable=SC2153
    ! is_listening "$PORT" || die "port $PORT is taken: choose another with --port"
    for part in "${PARTS[@]}"; do
        [ -s "$FOLDER/port/$part" ] && ! is_listening "$(port_of "$part")" && continue
        port=$(free_port)
        echo "$port" >"$FOLDER/port/$part"
    done
    echo "$PORT" >"$FOLDER/port/nginx"
}

# launch NAME COMMAND...: in a session of its own, so that Ctrl-C reaches only the script,
# which stops all in order.
launch() {
    local name=$1 pid
    shift
    (cd "$FOLDER" && exec setsid "$@" </dev/null >>"$FOLDER/log/$name.log" 2>&1) &
    pid=$!
    echo "$pid $(began_at "$pid")" >"$FOLDER/run/$name"
    disown "$pid"
}

# Does nothing when it runs.
start_part() {
    [ -z "$(pid_of "$1")" ] || return 0
    case $1 in
    postgres-*) postgres_start "$1" ;;
    pgbouncer) pgbouncer_start ;;
    redis-* | sentinel-*) redis_start "$1" ;;
    nginx) nginx_start ;;
    demo) demo_start ;;
    *) pollux_start "$1" ;;
    esac
}

# Does the part do its work?
part_answers() {
    case $1 in
    postgres-*) postgres_answers "$1" ;;
    pgbouncer) is_listening "$(port_of pgbouncer)" ;;
    redis-* | sentinel-*) redis_answers "$1" ;;
    *) curl -fs -o /dev/null "http://127.0.0.1:$(port_of "$1")/healthz" ;;
    esac
}

await_part() {
    local until=$((SECONDS + PART_LIMIT_S))
    until part_answers "$1"; do
        [ -n "$(pid_of "$1")" ] || die "$1 has ended:"$'\n'"$(tail -n 5 "$FOLDER/log/$1.log")"
        [ $SECONDS -lt $until ] || die "$1 does not answer: see $FOLDER/log/$1.log"
        sleep 0.05
    done
}

await_end() {
    local until=$((SECONDS + $2))
    while [ -n "$(pid_of "$1")" ]; do
        [ $SECONDS -lt $until ] || return 1
        sleep 0.05
    done
}

# The signal that ends a part without losing what it holds.
end_signal() {
    case $1 in
    postgres-*) echo INT ;;
    *) echo TERM ;;
    esac
}

stop_part() {
    local pid
    pid=$(pid_of "$1")
    if [ -n "$pid" ]; then
        kill -s "$(end_signal "$1")" "$pid" 2>/dev/null || true
        await_end "$1" 30 || kill_part "$1"
    fi
    rm -f "$FOLDER/run/$1"
}

kill_part() {
    local pid
    pid=$(pid_of "$1")
    [ -z "$pid" ] || kill -s KILL "$pid" 2>/dev/null || true
    await_end "$1" 30 || die "$1 ($pid) does not end"
    rm -f "$FOLDER/run/$1"
}
