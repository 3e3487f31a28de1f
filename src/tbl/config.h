/* config.h — every configuration key: one line each.
 *
 * From a line come the field of struct config, the key in the YAML file
 * ("server.port"), the environment variable (POLLUX_SERVER_PORT), the flag
 * (--server-port), the default, the bounds, --help and docs/configuration.md. When you
 * add one, run `script/check-docs --write`.
 *
 * The types, and what the column `accepts` holds for each:
 *   BOOL      nothing                     bool
 *   INT       "from..to"                  int
 *   SIZE      "from..to"                  uint64_t, bytes
 *   DURATION  "from..to"                  int64_t, milliseconds: name the field _ms
 *   STRING    nothing                     char *
 *   SECRET    nothing                     char *, "" when not set; never shown
 *   ENUM      "word|word"                 int, the index of the word
 *   WORDS     "word|word"                 unsigned, bit i: word i; or "all"
 *   LIST      what an item is: "origin"   struct setting_list
 *             or "network"
 * A string whose default is not empty may not be set to nothing. Every key is read
 * once, at the start.
 *
 * The words of log.level and log.format are in the order of enum log_level and enum
 * log_format (base/log.h), those of roles and profile in that of config/roles.h.
 */
#ifndef TBL_CONFIG_H
#define TBL_CONFIG_H

/* The sections in the order of the help, and what they are about. */
/* clang-format off */
#define CONFIG_SECTIONS(X)                                                              \
    X("server",   "The HTTP server")                                                    \
    X("data",     "Where data is kept")                                                 \
    X("postgres", "PostgreSQL")                                                         \
    X("redis",    "Redis or Valkey")                                                    \
    X("jwt",      "Tokens")                                                             \
    X("limits",   "What one client may do")                                             \
    X("accounts", "Passwords")                                                          \
    X("ballot",   "Votes that wait")                                                    \
    X("journal",  "The journal that makes votes durable")                               \
    X("live",     "Live results")                                                       \
    X("log",      "The log")                                                            \
    X("",         "The shape of the installation")

/*    type      field                        key                             default       accepts */
#define CONFIG_TABLE(X)                                                                                   \
    X(STRING,   server_address,              "server.address",               "127.0.0.1",  "",            \
      "The address to listen on; 0.0.0.0 or :: for every interface.")                                     \
    X(INT,      server_port,                 "server.port",                  "8080",       "0..65535",    \
      "The port to listen on; 0 takes any free one. The address listened on is logged and written to <data.dir>/address.") \
    X(LIST,     server_origins,              "server.origins",               "",           "origin",      \
      "Further web origins whose pages may use the session cookie and read answers (CORS).")              \
    X(LIST,     server_trusted_proxies,      "server.trusted_proxies",       "",           "network",     \
      "Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.")       \
    X(INT,      server_loops,                "server.loops",                 "0",          "0..64",       \
      "Threads that serve connections; 0 is one a core.")                                                 \
    X(INT,      server_max_connections,      "server.max_connections",       "16000",      "1..1000000",  \
      "Connections open at once; a further one gets 503. Needs as many open files (ulimit -n).")          \
    X(DURATION, server_header_timeout_ms,    "server.header_timeout",        "10s",        "10ms..1h",    \
      "How long the head of a request may take to arrive.")                                               \
    X(DURATION, server_body_timeout_ms,      "server.body_timeout",          "30s",        "10ms..1h",    \
      "How long the body of a request may take to arrive.")                                               \
    X(DURATION, server_idle_timeout_ms,      "server.idle_timeout",          "75s",        "10ms..1d",    \
      "How long a connection may stay open between two requests; longer than that of the proxy in front.") \
    X(DURATION, server_write_timeout_ms,     "server.write_timeout",         "30s",        "10ms..1h",    \
      "How long a client may take nothing of what is sent to it before it is disconnected.")              \
    X(DURATION, server_drain_delay_ms,       "server.drain_delay",           "0s",         "0s..10m",     \
      "How long the server goes on after SIGTERM with /readyz at 503, so that a load balancer sends no more.") \
    X(DURATION, server_shutdown_timeout_ms,  "server.shutdown_timeout",      "8s",         "0s..1h",      \
      "How long requests that are being served may take to end after SIGTERM.")                           \
    X(STRING,   data_dir,                    "data.dir",                     "./data",     "",            \
      "The directory that holds everything the server writes. It is created when missing.")               \
    X(SECRET,   postgres_dsn,                "postgres.dsn",                 "",           "",            \
      "Where PostgreSQL is, as libpq reads it: postgresql://pollux@db1,db2/pollux; for the profile cluster.") \
    X(DURATION, postgres_start_wait_ms,      "postgres.start_wait",          "30s",        "0s..1h",      \
      "How long a starting server waits for a PostgreSQL that is not there yet.")                         \
    X(SECRET,   redis_url,                   "redis.url",                    "",           "",            \
      "Where Redis or Valkey is: redis://[[USER]:PASSWORD@]HOST:6379/0. Without it each process counts requests for itself, and watchers hear of other processes' votes a little later.") \
    X(STRING,   redis_sentinels,             "redis.sentinels",              "",           "",            \
      "Sentinels that say which Redis is the primary, HOST:26379,HOST:26379; redis.url then only says who connects, and to which database.") \
    X(STRING,   redis_master,                "redis.master",                 "mymaster",   "",            \
      "What the Sentinels call that Redis.")                                                              \
    X(DURATION, redis_timeout_ms,            "redis.timeout",                "100ms",      "1ms..1m",     \
      "How long a request may wait for Redis; then each process counts requests for itself, until Redis answers again.") \
    X(SECRET,   jwt_secret,                  "jwt.secret",                   "",           "",            \
      "The key that signs tokens; with less than 32 bytes the server warns at its start. When not set, one is generated into <data.dir>/jwt.secret.") \
    X(DURATION, jwt_ttl_ms,                  "jwt.ttl",                      "24h",        "1s..3650d",   \
      "How long a token in an answer is valid; POST /api/auth/refresh changes it for a new one.")         \
    X(DURATION, jwt_guest_session_ms,        "jwt.guest_session",            "180d",       "1s..3650d",   \
      "How long a guest's session cookie is valid; it is renewed while it is used.")                      \
    X(DURATION, jwt_user_session_ms,         "jwt.user_session",             "30d",        "1s..3650d",   \
      "How long a registered user's session cookie is valid; it is renewed while it is used.")            \
    X(INT,      limits_votes_per_day,        "limits.votes_per_day",         "100",        "0..1000000000", \
      "Votes of one user in one UTC day; 0 is no limit.")                                                 \
    X(INT,      limits_requests_per_minute,  "limits.requests_per_minute",   "100",        "0..1000000000", \
      "Requests of one user under /api in any minute; 0 is no limit.")                                    \
    X(INT,      limits_burst_per_second,     "limits.burst_per_second",      "200",        "0..1000000000", \
      "Other requests without a user under /api, of one IPv4 address or IPv6 /64, in any second; 0 switches off this limit and the three below.") \
    X(INT,      limits_poll_reads_per_second, "limits.poll_reads_per_second", "2000",      "0..1000000000", \
      "Requests without a user that read one poll, of one address, in any second; 0 is no limit.")        \
    X(INT,      limits_guests_per_minute,    "limits.guests_per_minute",     "2000",       "0..1000000000", \
      "Guests who join from one address in any minute: a whole hall may share one; 0 is no limit.")       \
    X(INT,      limits_registrations_per_minute, "limits.registrations_per_minute", "300", "0..1000000000", \
      "Attempts to register from one address in any minute; 0 is no limit.")                              \
    X(INT,      limits_login_failures,       "limits.login_failures",        "10",         "0..1000000", \
      "Wrong passwords for one account from one IPv4 address or IPv6 /64, in any 15 minutes; 0 is no limit.") \
    X(INT,      limits_login_failures_per_address, "limits.login_failures_per_address", "100", "0..1000000", \
      "Wrong passwords from one IPv4 address or IPv6 /64, in any 15 minutes; 0 is no limit.") \
    X(SIZE,     limits_body_bytes,           "limits.body_bytes",            "64KiB",      "1KiB..16MiB", \
      "The longest body of a request.")                                                                   \
    X(INT,      accounts_hash_concurrency,   "accounts.hash_concurrency",    "1",          "1..64",       \
      "Passwords that are hashed (argon2id) at the same time; each keeps one core busy.")                 \
    X(INT,      accounts_hash_queue,         "accounts.hash_queue",          "64",         "1..65536",    \
      "Passwords that may wait to be hashed; beyond that registering and logging in answer 503.")         \
    X(SIZE,     accounts_hash_memory_bytes,  "accounts.hash_memory",         "19MiB",      "1MiB..4GiB",  \
      "Memory to hash one password. Less than the default is weaker than OWASP's minimum.")               \
    X(INT,      ballot_queue,                "ballot.queue",                 "16384",      "1..1048576",  \
      "Votes that may wait for the disk; beyond that a vote gets 503 and nothing was done.")              \
    X(SIZE,     journal_max_bytes,           "journal.max_bytes",            "1GiB",       "1MiB..1TiB",  \
      "Votes in the journal that are not yet in the database; beyond that a vote gets 503.")              \
    X(SIZE,     journal_segment_bytes,       "journal.segment_bytes",        "16MiB",      "1MiB..1GiB",  \
      "The size of one file of the journal; at most journal.max_bytes.")                                  \
    X(DURATION, live_min_gap_ms,             "live.min_gap",                 "50ms",       "0s..1m",      \
      "The least time between two live results of one poll; what changes in between is sent as one.")     \
    X(DURATION, live_idle_timeout_ms,        "live.idle_timeout",            "60s",        "1s..1d",      \
      "How long a WebSocket may follow nothing before it is closed.")                                     \
    X(ENUM,     log_level,                   "log.level",                    "info",       "error|warn|info|debug", \
      "The least important events that are logged.")                                                      \
    X(ENUM,     log_format,                  "log.format",                   "auto",       "auto|json|text", \
      "One JSON object a line, or text; auto is text on a terminal and JSON elsewhere.")                  \
    X(WORDS,    roles,                       "roles",                        "all",        "polls|votes|live|worker", \
      "What this process does of the work that the processes of a cluster share: the paths that it answers, and with worker what has to be done without being asked. Anything but all needs the profile cluster.") \
    X(ENUM,     profile,                     "profile",                      "embedded",   "embedded|cluster", \
      "What the server stands on: embedded needs nothing but data.dir, cluster needs postgres.dsn and jwt.secret.")
/* clang-format on */

#endif
