#include "config/config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "auth/jwt.h"
#include "base/err.h"
#include "base/mem.h"
#include "config/config_file.h"
#include "config/nearest.h"
#include "config/roles.h"

static const struct setting settings[] = {
#define X(type_, field, key, initial_, accepts_, help_)                                \
    {.name = (key),                                                                    \
     .type = SETTING_##type_,                                                          \
     .offset = offsetof(struct config, field),                                         \
     .initial = (initial_),                                                            \
     .accepts = (accepts_),                                                            \
     .help = (help_)},
    CONFIG_TABLE(X)
#undef X
};

const struct setting *config_setting(enum config_key key)
{
    return &settings[key];
}

void config_report_done(struct config_report *r)
{
    buf_done(&r->errors);
    buf_done(&r->warnings);
}

void config_done(struct config *c)
{
    for (size_t i = 0; i < CONFIG__KEYS; i++)
        setting_done(&settings[i], c);
    mem_free(c->file);
    *c = (struct config){0};
}

/* --- the spellings of a key --- */

static char dash(char c)
{
    return c == '.' || c == '_' ? '-' : c;
}

void config_flag_name(const struct setting *s, struct buf *out)
{
    buf_text(out, "--");
    for (const char *p = s->name; *p != '\0'; p++)
        buf_char(out, dash(*p));
}

void config_env_name(const struct setting *s, struct buf *out)
{
    buf_text(out, "POLLUX_");
    for (const char *p = s->name; *p != '\0'; p++)
        buf_char(out, *p == '.' ? '_' : (char)toupper((unsigned char)*p));
}

int config_find(struct str name, enum config_key *ret_key)
{
    for (size_t i = 0; i < CONFIG__KEYS; i++)
        if (str_eq(name, str_of(settings[i].name))) {
            *ret_key = (enum config_key)i;
            return 0;
        }
    return ERR_NOT_FOUND;
}

/* Find the key that `spell` writes as `name`. */
static int find_spelled(struct str name,
                        void (*spell)(const struct setting *s, struct buf *out),
                        enum config_key *ret_key)
{
    struct buf b = {0};
    int rc = ERR_NOT_FOUND;

    for (size_t i = 0; i < CONFIG__KEYS && rc != 0; i++) {
        b.len = 0;
        spell(&settings[i], &b);
        if (str_eq(name, buf_str(&b))) {
            *ret_key = (enum config_key)i;
            rc = 0;
        }
    }
    buf_done(&b);
    return rc;
}

int config_find_flag(struct str flag, enum config_key *ret_key)
{
    return find_spelled(flag, config_flag_name, ret_key);
}

bool config_is_section(struct str name)
{
    for (size_t i = 0; i < CONFIG__KEYS; i++) {
        struct str key = str_of(settings[i].name);

        if (key.len > name.len && key.at[name.len] == '.' && str_starts(key, name))
            return true;
    }
    return false;
}

/* --- the sources --- */

struct loading {
    const struct config_sources *sources;
    struct config *config;
    struct config_report *report;
};

static void complain(struct loading *l, struct str place, struct str problem)
{
    struct buf *out = &l->report->errors;

    buf_str_add(out, place);
    buf_text(out, ": ");
    buf_str_add(out, problem);
    buf_char(out, '\n');
}

static void complain_unreadable(struct loading *l, struct str place, int error)
{
    struct buf problem = {0};

    buf_text(&problem, "cannot be read: ");
    buf_text(&problem, strerror(error));
    complain(l, place, buf_str(&problem));
    buf_done(&problem);
}

static void set(struct loading *l, enum config_key key, enum config_source source,
                struct str place, struct str value)
{
    struct buf problem = {0};

    if (setting_set(&settings[key], l->config, value, &problem) == 0) {
        l->config->origins[key] = (struct config_origin){.source = source};
    } else {
        complain(l, place, buf_str(&problem));
    }
    buf_done(&problem);
}

static void load_defaults(struct loading *l)
{
    for (size_t i = 0; i < CONFIG__KEYS; i++)
        set(l, (enum config_key)i, CONFIG_DEFAULT, str_of(settings[i].name),
            str_of(settings[i].initial));
}

/* The file's bytes, at most max of them. */
static int read_file(const char *path, size_t max, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t n = -1;
    int saved;

    if (fd < 0)
        return -errno;
    do {
        n = read(fd, buf_reserve(out, 4096), 4096);
        if (n > 0)
            out->len += (size_t)n;
    } while (n > 0 && out->len <= max);
    saved = errno;
    close(fd);
    if (n < 0)
        return -saved;
    return out->len <= max ? 0 : -EFBIG;
}

/* The value of an environment variable, {NULL, 0} when it is not set, or empty. */
static struct str env_get(const struct loading *l, struct str name)
{
    for (char *const *e = l->sources->env; e != NULL && *e != NULL; e++) {
        struct str head, value = str_cut(str_of(*e), '=', &head);

        if (str_eq(head, name) && value.len != 0)
            return value;
    }
    return (struct str){NULL, 0};
}

static void load_file(struct loading *l)
{
    struct str env = env_get(l, STR("POLLUX_CONFIG"));
    const char *path = l->sources->file != NULL ? l->sources->file : env.at;
    struct buf text = {0};
    int rc;

    l->config->file = mem_strdup(path != NULL ? path : "");
    if (path == NULL)
        return;
    rc = read_file(path, CONFIG_FILE_BYTES, &text);
    if (rc != 0)
        complain_unreadable(l, str_of(path), -rc);
    else
        config_file_apply(l->config, buf_str(&text), path, &l->report->errors);
    buf_done(&text);
}

/* A secret as a file holds it: without the line's end. */
static struct str chomp(struct str s)
{
    if (s.len > 0 && s.at[s.len - 1] == '\n')
        s.len--;
    if (s.len > 0 && s.at[s.len - 1] == '\r')
        s.len--;
    return s;
}

static void set_from_secret_file(struct loading *l, enum config_key key,
                                 struct str variable, const char *path)
{
    struct buf text = {0};
    int rc = read_file(path, SETTING_TEXT_BYTES, &text);

    if (rc != 0)
        complain_unreadable(l, variable, -rc);
    else if (chomp(buf_str(&text)).len == 0)
        complain(l, variable, STR("the file is empty"));
    else
        set(l, key, CONFIG_ENV, variable, chomp(buf_str(&text)));
    buf_done(&text);
}

static void load_secret_file(struct loading *l, enum config_key key,
                             struct str variable, bool is_set)
{
    struct buf name = {0};
    struct str path;

    buf_str_add(&name, variable);
    buf_text(&name, "_FILE");
    path = env_get(l, buf_str(&name));
    if (path.at != NULL && is_set)
        complain(l, variable,
                 STR("set either this or the variable with _FILE, not both"));
    else if (path.at != NULL)
        set_from_secret_file(l, key, buf_str(&name), path.at);
    buf_done(&name);
}

static void load_env(struct loading *l)
{
    struct buf name = {0};

    for (size_t i = 0; i < CONFIG__KEYS; i++) {
        enum config_key key = (enum config_key)i;
        struct str value;

        name.len = 0;
        config_env_name(&settings[i], &name);
        value = env_get(l, buf_str(&name));
        if (value.at != NULL)
            set(l, key, CONFIG_ENV, buf_str(&name), value);
        if (settings[i].type == SETTING_SECRET)
            load_secret_file(l, key, buf_str(&name), value.at != NULL);
    }
    buf_done(&name);
}

static void load_flags(struct loading *l)
{
    struct buf name = {0};

    for (size_t i = 0; i < l->sources->n_flags; i++) {
        const struct config_flag *f = &l->sources->flags[i];

        name.len = 0;
        config_flag_name(&settings[f->key], &name);
        set(l, f->key, CONFIG_FLAG, buf_str(&name), str_of(f->value));
    }
    buf_done(&name);
}

/* --- what is allowed, and probably wrong --- */

static bool is_known_variable(struct str name)
{
    enum config_key key;
    struct str base = name;

    if (str_eq(name, STR("POLLUX_CONFIG")) ||
        find_spelled(name, config_env_name, &key) == 0)
        return true;
    if (name.len < 5 || memcmp(name.at + name.len - 5, "_FILE", 5) != 0)
        return false;
    base.len -= 5;
    return find_spelled(base, config_env_name, &key) == 0 &&
           settings[key].type == SETTING_SECRET;
}

static void warn_unknown_variable(struct loading *l, struct str name)
{
    struct buf *out = &l->report->warnings;
    struct buf names[CONFIG__KEYS] = {{0}};
    struct nearest near = {0};

    for (size_t i = 0; i < CONFIG__KEYS; i++) {
        config_env_name(&settings[i], &names[i]);
        nearest_consider(&near, name, buf_str(&names[i]));
    }
    buf_str_add(out, name);
    buf_text(out, ": no such configuration variable");
    nearest_say(&near, out);
    buf_char(out, '\n');
    for (size_t i = 0; i < CONFIG__KEYS; i++)
        buf_done(&names[i]);
}

static void warn(struct loading *l)
{
    size_t secret = strlen(l->config->jwt_secret);

    for (char *const *e = l->sources->env; e != NULL && *e != NULL; e++) {
        struct str name;

        str_cut(str_of(*e), '=', &name);
        if (str_starts(name, STR("POLLUX_")) && !is_known_variable(name))
            warn_unknown_variable(l, name);
    }
    if (secret != 0 && secret < JWT_SECRET_BYTES_GOOD)
        buf_printf(&l->report->warnings,
                   "jwt.secret: shorter than %d bytes, so it can be guessed from a "
                   "token; `openssl rand -hex 32` makes a better one\n",
                   JWT_SECRET_BYTES_GOOD);
}

/* Check rules between keys, once each value is valid by itself. */
static void check_together(struct loading *l)
{
    if (l->config->journal_segment_bytes > l->config->journal_max_bytes)
        complain(l, STR("journal.segment_bytes"),
                 STR("expected at most journal.max_bytes, since a journal has at least "
                     "one segment"));
    if (l->config->roles != ROLES_ALL && l->config->profile != PROFILE_CLUSTER)
        complain(l, STR("roles"),
                 STR("expected all, since only processes of the profile cluster share "
                     "the work"));
}

int config_load(const struct config_sources *sources, struct config *ret_config,
                struct config_report *report)
{
    struct loading l = {.sources = sources, .config = ret_config, .report = report};
    size_t before = report->errors.len;

    *ret_config = (struct config){0};
    load_defaults(&l);
    load_file(&l);
    load_env(&l);
    load_flags(&l);
    warn(&l);
    if (report->errors.len == before)
        check_together(&l);
    if (report->errors.len == before)
        return 0;
    config_done(ret_config);
    return ERR_INVALID;
}

struct jwt_lifetimes config_lifetimes(const struct config *c)
{
    return (struct jwt_lifetimes){.token_ms = c->jwt_ttl_ms,
                                  .guest_session_ms = c->jwt_guest_session_ms,
                                  .user_session_ms = c->jwt_user_session_ms};
}
