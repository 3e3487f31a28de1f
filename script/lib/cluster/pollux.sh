# shellcheck shell=bash
# pollux.sh — Pollux' own processes of script/cluster, and nginx in front of them.

NGINX=/usr/sbin/nginx
PGBOUNCER=/usr/sbin/pgbouncer

use_programs() {
    local missing=()
    POSTGRES=$(find_postgres)
    REDIS=$(find_redis)
    [ -x $NGINX ] || missing+=(nginx)
    [ -x $PGBOUNCER ] || missing+=(pgbouncer)
    [ -x "$PROGRAM" ] || missing+=("$PROGRAM")
    [ ${#missing[@]} -eq 0 ] || die "not installed: ${missing[*]}: run script/bootstrap --cluster"
    export POSTGRES REDIS
}

# The keys that a program knows and the environment does not set.
configuration() {
    local sentinels
    sentinels=127.0.0.1:$(port_of sentinel-1),127.0.0.1:$(port_of sentinel-2)
    export POLLUX_POSTGRES_DSN=${POLLUX_POSTGRES_DSN:-$(postgres_dsn)}
    export POLLUX_SERVER_TRUSTED_PROXIES=${POLLUX_SERVER_TRUSTED_PROXIES:-127.0.0.1}
    [ -n "${POLLUX_JWT_SECRET-}${POLLUX_JWT_SECRET_FILE-}" ] ||
        export POLLUX_JWT_SECRET_FILE=$FOLDER/jwt.secret
    [[ $("$PROGRAM" check-config --markdown) = *'| `redis.sentinels` |'* ]] || return 0
    export POLLUX_REDIS_URL=${POLLUX_REDIS_URL:-redis://127.0.0.1:$(port_of redis-1)}
    export POLLUX_REDIS_MASTER=${POLLUX_REDIS_MASTER:-$REDIS_GROUP}
    export POLLUX_REDIS_SENTINELS=${POLLUX_REDIS_SENTINELS:-$sentinels,127.0.0.1:$(port_of sentinel-3)}
}

pollux_start() {
    local role=${1%-*}
    configuration
    launch "$1" "$PROGRAM" serve --profile cluster --roles "$role" --data-dir "$FOLDER/$1" \
        --server-address 127.0.0.1 --server-port "$(port_of "$1")"
}

demo_start() {
    configuration
    launch demo "$PROGRAM" demo --profile cluster --data-dir "$FOLDER/demo" --for 5m \
        --server-address 127.0.0.1 --server-port "$(port_of nginx)"
}

# ---- nginx: as it is shipped, but for where things are ----

write_upstreams() {
    local role n
    for role in polls votes live; do
        echo "upstream pollux_$role {"
        echo "    zone pollux_$role 64k;"
        [ $role != live ] || echo '    least_conn;'
        for n in 1 2; do
            echo "    server 127.0.0.1:$(port_of "$role-$n") max_fails=3 fail_timeout=2s;"
        done
        printf '    keepalive 64;\n    keepalive_timeout 60s;\n}\n'
    done
}

write_nginx() {
    local dir=$FOLDER/nginx kind
    mkdir -p "$dir"
    write_upstreams >"$dir/pollux-upstreams.conf"
    echo "listen 127.0.0.1:$(port_of nginx);" >"$dir/pollux-listen.conf"
    {
        echo "daemon off; worker_processes 2; pid $dir/pid; error_log stderr warn;"
        echo 'events { worker_connections 8192; }'
        echo 'http { access_log off;'
        for kind in client_body proxy fastcgi uwsgi scgi; do
            echo "${kind}_temp_path $dir/$kind;"
        done
        echo "include $ROOT/deploy/nginx/pollux.conf; }"
    } >"$dir/nginx.conf"
}

nginx_start() {
    write_nginx
    launch nginx $NGINX -p "$FOLDER/nginx" -c "$FOLDER/nginx/nginx.conf" -e stderr
}
