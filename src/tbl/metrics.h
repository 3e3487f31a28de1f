/* metrics.h — everything that GET /metrics tells: one line each.
 *
 *   type, name, what writes its values (ops/scrape_*.c), help
 *
 * Names and units are as Prometheus wants them: seconds, bytes, _total. A label never
 * grows with users or polls: routes are patterns, and what matches none is "other".
 * Where a metric has labels, series that are zero may be left out.
 */
#ifndef TBL_METRICS_H
#define TBL_METRICS_H

/* clang-format off */
/*    bounds         unit   at */
#define METRIC_BOUNDS(X)                                                                \
    X(request_us,    1e-6,  100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000,       \
                            100000, 250000, 500000, 1000000, 2500000, 10000000)         \
    X(sync_us,       1e-6,  50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000,   \
                            100000, 250000, 500000, 1000000, 5000000)                   \
    X(batch,         1,     1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)

#define METRIC_TABLE(X)                                                                 \
    X(gauge,     "pollux_build_info",                       scrape_build,               \
      "1; the labels say which program this is.")                                       \
    X(counter,   "pollux_http_requests_total",              scrape_requests,            \
      "Requests answered, by the route's pattern, method and status; HEAD counts as GET.") \
    X(histogram, "pollux_http_request_duration_seconds",    scrape_durations,           \
      "From the whole request's being there to its answer; of a stream, to its start.") \
    X(gauge,     "pollux_http_requests_in_flight",          scrape_in_flight,           \
      "Requests that have come and are not answered yet.")                              \
    X(gauge,     "pollux_http_connections",                 scrape_connections,         \
      "Open connections that speak HTTP; live ones are counted apart.")                 \
    X(counter,   "pollux_http_connections_accepted_total",  scrape_accepted,            \
      "Connections that were accepted, also those that were then refused.")             \
    X(counter,   "pollux_http_connections_refused_total",   scrape_refused,             \
      "Connections that were refused because there were too many.")                     \
    X(counter,   "pollux_http_malformed_total",             scrape_malformed,           \
      "Requests that could not be read, and were refused before they had a route.")     \
    X(counter,   "pollux_http_timeouts_total",              scrape_timeouts,            \
      "Connections ended because the client took too long, or had been idle too long.") \
    X(counter,   "pollux_votes_total",                      scrape_votes,               \
      "Wishes to vote, change, withdraw, skip or unskip, by their outcome; accepted ones are durable.") \
    X(histogram, "pollux_ballot_batch_changes",             scrape_batches,             \
      "Changes that were made durable together, with one sync.")                        \
    X(gauge,     "pollux_store_failing",                    scrape_store_failing,       \
      "1 while this side of the database fails.")                                       \
    X(gauge,     "pollux_mailbox_depth",                    scrape_mailbox_depth,       \
      "Work that waits for a thread.")                                                  \
    X(counter,   "pollux_mailbox_refused_total",            scrape_mailbox_refused,     \
      "Work that was refused because too much was waiting.")                            \
    X(gauge,     "pollux_live_connections",                 scrape_live_connections,    \
      "Connections that follow results.")                                               \
    X(counter,   "pollux_live_snapshots_sent_total",        scrape_live_sent,           \
      "Results that were sent to live connections.")                                    \
    X(counter,   "pollux_live_snapshots_skipped_total",     scrape_live_skipped,        \
      "Results put off, for a newer one, because the connection was busy.")             \
    X(counter,   "pollux_live_slow_disconnects_total",      scrape_live_slow,           \
      "Live connections ended because they took nothing for too long.")                 \
    X(counter,   "pollux_cache_hits_total",                 scrape_cache_hits,          \
      "What was found in a cache.")                                                     \
    X(counter,   "pollux_cache_misses_total",               scrape_cache_misses,        \
      "What was not, and had to be worked out or read.")                                \
    X(gauge,     "pollux_polls",                            scrape_polls,               \
      "Polls that are known.")                                                          \
    X(counter,   "process_cpu_seconds_total",               scrape_cpu,                 \
      "CPU time, of the user and the system.")                                          \
    X(gauge,     "process_resident_memory_bytes",           scrape_resident,            \
      "Memory in RAM.")                                                                 \
    X(gauge,     "process_virtual_memory_bytes",            scrape_virtual,             \
      "Memory that is mapped.")                                                         \
    X(gauge,     "process_open_fds",                        scrape_open_fds,            \
      "Open file descriptors.")                                                         \
    X(gauge,     "process_max_fds",                         scrape_max_fds,             \
      "How many file descriptors may be open.")                                         \
    X(gauge,     "process_threads",                         scrape_threads,             \
      "Threads.")                                                                       \
    X(gauge,     "process_start_time_seconds",              scrape_start_time,          \
      "When the process began, in seconds since the Unix epoch.")

/* Of the cluster profile; written in profile/cluster/cluster_redis.c. */
#define METRIC_TABLE_REDIS(X)                                                           \
    X(gauge,     "pollux_redis_up",                         write_up,                   \
      "1 while Redis serves this use; missing where none is configured.")               \
    X(counter,   "pollux_limits_alone_total",               write_alone,                \
      "Requests that this process limited by itself: Redis failed, or too many waited for it.") \
    X(counter,   "pollux_wakeups_total",                    write_wakeups,              \
      "Wake-ups after commits: sent to the other processes, heard from them.")

/* Of the embedded profile; written in profile/embedded/watch.c. */
#define METRIC_TABLE_EMBEDDED(X)                                                        \
    X(histogram, "pollux_journal_sync_seconds",             write_sync_times,           \
      "How long the disk took to make a batch durable.")                                \
    X(gauge,     "pollux_journal_failed",                   write_journal_failed,       \
      "1 while the journal cannot be written, and votes are refused.")                  \
    X(gauge,     "pollux_projector_lag_bytes",              write_projector_lag,        \
      "Durable changes in the journal that are not in the database yet.")
/* clang-format on */

#endif
