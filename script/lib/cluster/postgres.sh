# shellcheck shell=bash
# postgres.sh — PostgreSQL and PgBouncer of script/cluster: postgres-1 and postgres-2, of
# which FOLDER/primary names the primary; the other follows it, and confirms each commit.

primary() {
    cat "$FOLDER/primary"
}

# other_than NAME
other_than() {
    if [ "$1" = postgres-1 ]; then echo postgres-2; else echo postgres-1; fi
}

# PostgreSQL and PgBouncer refuse to be root's.
as_postgres() {
    local command=("$@")
    [ "$(id -u)" -ne 0 ] ||
        command=(setpriv --reuid=postgres --regid=postgres --init-groups -- "$@")
    (cd / && "${command[@]}")
}

# The newest of those installed.
find_postgres() {
    local versions=(/usr/lib/postgresql/*/bin)
    [ -x "${versions[0]}/postgres" ] || die "found no PostgreSQL: run script/bootstrap --cluster"
    printf '%s\n' "${versions[@]}" | sort -V | tail -n 1
}

sql() { # NAME STATEMENT
    as_postgres "$POSTGRES/psql" -qAtX -h 127.0.0.1 -p "$(port_of "$1")" -U postgres \
        -d "${3:-postgres}" -c "$2"
}

postgres_answers() {
    as_postgres "$POSTGRES/pg_isready" -q -h 127.0.0.1 -p "$(port_of "$1")"
}

# PgBouncer first; where it does not answer, PostgreSQL itself.
postgres_dsn() {
    local user
    user="user=postgres dbname=pollux connect_timeout=2"
    echo "host=127.0.0.1,127.0.0.1,127.0.0.1" \
        "port=$(port_of pgbouncer),$(port_of postgres-1),$(port_of postgres-2)" \
        "target_session_attrs=read-write $user"
}

# Folders of what runs under another user than ours.
own_folder() {
    mkdir -p "$1"
    chmod 700 "$1"
    [ "$(id -u)" -ne 0 ] || chown postgres "$1"
}

quietly() {
    "$@" >>"$FOLDER/log/prepare.log" 2>&1 || die "$(tail -n 5 "$FOLDER/log/prepare.log")"
}

# The first start: a primary with a database.
postgres_prepare() {
    [ ! -s "$FOLDER/primary" ] || return 0
    rm -rf "$FOLDER"/postgres-{1,2}
    own_folder "$FOLDER/postgres-1"
    quietly as_postgres "$POSTGRES/initdb" -D "$FOLDER/postgres-1" -A trust -U postgres -E UTF8 \
        --locale=C.UTF-8
    echo 'max_connections = 200' >>"$FOLDER/postgres-1/postgresql.conf"
    echo postgres-1 >"$FOLDER/primary.new"
    launch_postgres postgres-1
    await_part postgres-1
    sql postgres-1 'CREATE DATABASE pollux'
    mv "$FOLDER/primary.new" "$FOLDER/primary"
}

launch_postgres() {
    local command=("$POSTGRES/postgres" -D "$FOLDER/$1" -p "$(port_of "$1")"
        -c listen_addresses=127.0.0.1 -c unix_socket_directories=
        -c "cluster_name=$1")
    [ "$(id -u)" -ne 0 ] ||
        command=(setpriv --reuid=postgres --regid=postgres --init-groups -- "${command[@]}")
    launch "$1" "${command[@]}"
}

# A copy of the primary that follows it. A former primary is not trusted: it may have
# commits that nobody else has.
make_replica() {
    rm -rf "${FOLDER:?}/$1"
    own_folder "$FOLDER/$1"
    quietly as_postgres "$POSTGRES/pg_basebackup" -D "$FOLDER/$1" -R -X stream -c fast \
        -d "host=127.0.0.1 port=$(port_of "$(primary)") user=postgres application_name=$1"
}

postgres_start() {
    if [ "$1" = "$(primary)" ]; then
        launch_postgres "$1"
        return
    fi
    await_part "$(primary)"
    make_replica "$1"
    launch_postgres "$1"
    await_part "$1"
    commits_wait_for "$1"
}

# commits_wait_for NAME, or for nobody
commits_wait_for() {
    sql "$(primary)" "ALTER SYSTEM SET synchronous_standby_names = '${1:+\"$1\"}'"
    sql "$(primary)" 'SELECT pg_reload_conf()' >/dev/null
}

# What whoever watches a real cluster does: a primary whose only replica is gone would
# wait for it at every commit.
postgres_follow_up() { # VERB NAME
    [[ $2 = postgres-* ]] && [ "$1" != start ] && [ "$2" != "$(primary)" ] || return 0
    postgres_answers "$(primary)" || return 0
    commits_wait_for
    say "$(primary) goes on without a replica"
}

# The old primary ends first: of two, both would take votes.
postgres_promote() {
    local old new
    old=$(primary)
    new=$(other_than "$old")
    [ -n "$(pid_of "$new")" ] || die "$new does not run: there is nothing to promote"
    kill_part "$old"
    quietly as_postgres "$POSTGRES/pg_ctl" -D "$FOLDER/$new" -w promote
    echo "$new" >"$FOLDER/primary"
    commits_wait_for
    pgbouncer_follow
    say "$new is the primary; script/cluster start $old makes $old its replica"
}

# ---- PgBouncer: leads to the primary ----

write_pgbouncer() {
    cat >"$FOLDER/pgbouncer.ini.new" <<END
[databases]
pollux = host=127.0.0.1 port=$(port_of "$(primary)") dbname=pollux user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $(port_of pgbouncer)
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 500
default_pool_size = 40
server_connect_timeout = 2
server_login_retry = 1
query_wait_timeout = 5
log_connections = 0
log_disconnections = 0
END
    mv "$FOLDER/pgbouncer.ini.new" "$FOLDER/pgbouncer.ini"
}

pgbouncer_start() {
    local command=("$PGBOUNCER" "$FOLDER/pgbouncer.ini")
    write_pgbouncer
    [ "$(id -u)" -ne 0 ] ||
        command=(setpriv --reuid=postgres --regid=postgres --init-groups -- "${command[@]}")
    launch pgbouncer "${command[@]}"
}

# It reads its file again at SIGHUP, and leaves the old primary.
pgbouncer_follow() {
    local pid
    write_pgbouncer
    pid=$(pid_of pgbouncer)
    [ -z "$pid" ] || kill -s HUP "$pid"
}
