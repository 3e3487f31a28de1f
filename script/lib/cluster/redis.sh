# shellcheck shell=bash
# redis.sh — Redis, or Valkey, of script/cluster: redis-1, redis-2 that follows it at
# first, and three Sentinels that choose another primary when one is gone. Nothing in them
# is ever the only copy, so they write no files.

REDIS_GROUP=pollux

find_redis() {
    command -v redis-server || command -v valkey-server ||
        die "found neither redis-server nor valkey-server: run script/bootstrap --cluster"
}

redis_cli() { # NAME COMMAND...
    local port
    port=$(port_of "$1")
    shift
    "${REDIS%-server}-cli" -h 127.0.0.1 -p "$port" "$@"
}

redis_answers() {
    [ "$(redis_cli "$1" ping 2>/dev/null)" = PONG ]
}

# Where the Sentinels say that the primary is; redis-1 where none is there.
redis_primary_port() {
    local sentinel port
    for sentinel in sentinel-1 sentinel-2 sentinel-3; do
        port=$(redis_cli "$sentinel" sentinel get-master-addr-by-name $REDIS_GROUP \
            2>/dev/null | sed -n 2p)
        [[ ! $port =~ ^[0-9]+$ ]] || break
        port=
    done
    echo "${port:-$(port_of redis-1)}"
}

write_redis() {
    local primary
    primary=$(redis_primary_port)
    cat <<END
bind 127.0.0.1
port $(port_of "$1")
dir $FOLDER
save ""
appendonly no
maxmemory 64mb
maxmemory-policy allkeys-lru
END
    [ "$primary" = "$(port_of "$1")" ] || echo "replicaof 127.0.0.1 $primary"
}

write_sentinel() {
    cat <<END
bind 127.0.0.1
port $(port_of "$1")
dir $FOLDER
sentinel monitor $REDIS_GROUP 127.0.0.1 $(redis_primary_port) 2
sentinel down-after-milliseconds $REDIS_GROUP 2000
sentinel failover-timeout $REDIS_GROUP 5000
END
}

# They write what they learn into their files, so those are made anew each time.
redis_start() {
    local file=$FOLDER/$1.conf how=()
    case $1 in
    redis-*) write_redis "$1" >"$file.new" ;;
    *) write_sentinel "$1" >"$file.new" && how=(--sentinel) ;;
    esac
    mv "$file.new" "$file"
    launch "$1" "$REDIS" "$file" "${how[@]}"
}
