/* config.h — the server's configuration: struct config, from tbl/config.h.
 *
 * DESIGN
 *
 *   default ◀ file (YAML) ◀ environment ◀ flags        the right-most that is set wins
 *
 * Every source is read to the end and every problem is reported, one line each, so that
 * one run shows them all. Arguments and environment are passed in; the only files read
 * are those that they name.
 *
 * Spellings of a key: `server.port` in the file (a section with keys, or the whole name
 * at the top), POLLUX_SERVER_PORT, --server-port. A secret can also be given as
 * POLLUX_…_FILE, the name of a file that holds it. An empty environment variable counts
 * as not set.
 *
 * Units      fields ending in _ms are milliseconds, in _bytes bytes.
 * Ownership  config_load() fills *ret_config; free it with config_done(), which takes
 *            an all-zero config too. Its strings are never NULL.
 * Errors     ERR_INVALID: report.errors says why, one problem a line, each with the
 *            place; *ret_config is all zero.
 * Threads    read-only after config_load(), so any.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "auth/jwt.h"
#include "base/buf.h"
#include "config/setting.h"
#include "tbl/config.h"

enum config_key {
#define X(type, field, key, initial, accepts, help) CONFIG_KEY_##field,
    CONFIG_TABLE(X)
#undef X
        CONFIG__KEYS
};

/* In the order of precedence. */
enum config_source { CONFIG_DEFAULT, CONFIG_FILE, CONFIG_ENV, CONFIG_FLAG };

struct config_origin {
    enum config_source source;
    size_t line; /* in the file */
};

struct config {
#define X(type, field, key, initial, accepts, help) SETTING_FIELD_##type field;
    CONFIG_TABLE(X)
#undef X
    char *file; /* that was read, "" when none */
    struct config_origin origins[CONFIG__KEYS];
};

struct config_flag {
    enum config_key key;
    const char *value;
};

struct config_sources {
    const struct config_flag *flags; /* the last of a key counts */
    size_t n_flags;
    char *const *env; /* "NAME=value", NULL at the end; or NULL */
    const char *file; /* of --config; NULL: what POLLUX_CONFIG names, or none */
};

/* Lines ending in "\n". They never contain secrets. */
struct config_report {
    struct buf errors;
    struct buf warnings;
};

void config_report_done(struct config_report *r);

int config_load(const struct config_sources *sources, struct config *ret_config,
                struct config_report *report);
void config_done(struct config *c);

/* How long tokens last by these values. */
struct jwt_lifetimes config_lifetimes(const struct config *c);

/* The line of tbl/config.h. */
const struct setting *config_setting(enum config_key key);

/* The key with that name ("server.port"), or that flag ("--server-port").
 * ERR_NOT_FOUND */
int config_find(struct str name, enum config_key *ret_key);
int config_find_flag(struct str flag, enum config_key *ret_key);

/* The spellings of a key: "--server-port", "POLLUX_SERVER_PORT". */
void config_flag_name(const struct setting *s, struct buf *out);
void config_env_name(const struct setting *s, struct buf *out);

/* Is there a key in that section? */
bool config_is_section(struct str name);

#endif
