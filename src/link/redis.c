#include "link/redis.h"

#include <assert.h>
#include <errno.h>
#include <hiredis/hiredis.h>
#include <openssl/evp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "link/breaker.h"
#include "link/redis_place.h"

enum { WORDS_MAX = 4096, PING_EVERY_MS = 1000 };

struct redis_value {
    redisReply reply; /* first: a redisReply is one */
};

struct redis {
    struct redis_place place;
    struct redis_place sentinels[REDIS_SENTINELS_MAX];
    size_t n_sentinels, next_sentinel;
    char *master;
    int timeout_ms;
    redisContext *conn; /* NULL: there is none */
    struct breaker breaker;
    redisReply *heard;  /* what redis_hear() has lent */
    uint64_t signed_ms; /* the last sign of life of a subscribed connection */
    bool pinged;        /* since then */
    char errmsg[256];
};

/* ---- errors ---- */

static int fail(struct redis *r, int err, const char *text)
{
    size_t len = strcspn(text, "\r\n");

    snprintf(r->errmsg, sizeof r->errmsg, "redis: %.*s", (int)len, text);
    return err;
}

static void drop(struct redis *r)
{
    if (r->heard != NULL)
        freeReplyObject(r->heard);
    r->heard = NULL;
    if (r->conn != NULL)
        redisFree(r->conn);
    r->conn = NULL;
}

static int lose(struct redis *r, const char *text)
{
    int rc =
        fail(r, ERR_UNAVAILABLE, text); /* first: the text may be the connection's */

    drop(r);
    return rc;
}

static int lose_broken(struct redis *r)
{
    bool late = r->conn->err == REDIS_ERR_IO && (errno == EAGAIN || errno == ETIMEDOUT);

    return lose(r, late ? "no answer in time" : r->conn->errstr);
}

const char *redis_errmsg(const struct redis *r)
{
    return r->errmsg;
}

/* Does a refusal that begins so mean that another server is needed, or later? */
static bool is_gone(const char *text)
{
    static const char *const words[] = {"READONLY", "LOADING",     "MASTERDOWN",
                                        "NOAUTH",   "NOREPLICAS",  "OOM",
                                        "MISCONF",  "CLUSTERDOWN", "BUSY"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(text, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

/* ---- replies ---- */

static const redisReply *reply_of(const struct redis_value *v)
{
    return v != NULL ? &v->reply : NULL;
}

int64_t redis_i64(const struct redis_value *v)
{
    const redisReply *reply = reply_of(v);

    return reply != NULL && reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;
}

struct str redis_str(const struct redis_value *v)
{
    const redisReply *reply = reply_of(v);

    if (reply == NULL ||
        (reply->type != REDIS_REPLY_STRING && reply->type != REDIS_REPLY_STATUS))
        return (struct str){NULL, 0};
    return (struct str){reply->str, reply->len};
}

size_t redis_count(const struct redis_value *v)
{
    const redisReply *reply = reply_of(v);

    return reply != NULL && reply->type == REDIS_REPLY_ARRAY ? reply->elements : 0;
}

const struct redis_value *redis_at(const struct redis_value *v, size_t i)
{
    return i < redis_count(v) ? (const struct redis_value *)v->reply.element[i] : NULL;
}

/* ---- commands, over a connection that is there ---- */

static void send_command(struct redis *r, const struct redis_command *c)
{
    const char *words[WORDS_MAX];
    size_t lengths[WORDS_MAX];

    assert(c->n <= WORDS_MAX);
    for (size_t i = 0; i < c->n; i++) {
        words[i] = c->words[i].len > 0 ? c->words[i].at : "";
        lengths[i] = c->words[i].len;
    }
    redisAppendCommandArgv(r->conn, (int)c->n, words, lengths);
}

static int take_reply(struct redis *r, const struct redis_command *c, redisReply *reply)
{
    if (reply->type == REDIS_REPLY_ERROR)
        return fail(r, is_gone(reply->str) ? ERR_UNAVAILABLE : ERR_INTERNAL,
                    reply->str);
    if (c->each != NULL)
        c->each(c->user, (const struct redis_value *)reply);
    return 0;
}

static int exchange(struct redis *r, const struct redis_command *commands, size_t n)
{
    int rc = 0, rc_i;

    for (size_t i = 0; i < n; i++)
        send_command(r, &commands[i]);
    for (size_t i = 0; i < n; i++) {
        void *reply = NULL;

        if (redisGetReply(r->conn, &reply) != REDIS_OK)
            return lose_broken(r);
        rc_i = rc == 0 ? take_reply(r, &commands[i], reply) : 0;
        freeReplyObject(reply);
        if (rc == 0)
            rc = rc_i;
    }
    if (rc == ERR_UNAVAILABLE)
        drop(r);
    return rc;
}

/* ---- connecting ---- */

static struct timeval timeout_of(const struct redis *r)
{
    return (struct timeval){.tv_sec = r->timeout_ms / 1000,
                            .tv_usec = r->timeout_ms % 1000 * 1000};
}

static int open_connection(struct redis *r, const char *host, int port)
{
    r->conn = redisConnectWithTimeout(host, port, timeout_of(r));
    if (r->conn == NULL)
        return fail(r, ERR_UNAVAILABLE, "out of memory");
    if (r->conn->err != 0)
        return lose_broken(r);
    if (redisSetTimeout(r->conn, timeout_of(r)) != REDIS_OK ||
        redisEnableKeepAlive(r->conn) != REDIS_OK)
        return lose(r, r->conn->errstr);
    return 0;
}

struct address {
    char host[256], port[8];
};

static void take_address(void *user, const struct redis_value *v)
{
    struct address *a = user;
    struct str host = redis_str(redis_at(v, 0)), port = redis_str(redis_at(v, 1));

    snprintf(a->host, sizeof a->host, "%.*s", (int)host.len, host.at);
    snprintf(a->port, sizeof a->port, "%.*s", (int)port.len, port.at);
}

static int ask_sentinel(struct redis *r, const struct redis_place *sentinel,
                        struct redis_place *ret)
{
    const struct str words[] = {STR("SENTINEL"), STR("get-master-addr-by-name"),
                                str_of(r->master)};
    struct address a = {"", ""};
    const struct redis_command ask = {words, 3, take_address, &a};
    uint64_t port = 0;
    int rc = open_connection(r, sentinel->host, sentinel->port);

    if (rc == 0)
        rc = exchange(r, &ask, 1);
    drop(r);
    if (rc != 0)
        return rc;
    if (str_to_u64(str_of(a.port), 65535, &port) != 0 || port == 0)
        return fail(r, ERR_UNAVAILABLE, "a Sentinel does not know redis.master");
    memcpy(ret->host, a.host, sizeof ret->host);
    ret->port = (int)port;
    return 0;
}

/* Where is the primary now? The Sentinel that knew it last is asked first. */
static int find_primary(struct redis *r, struct redis_place *ret)
{
    int rc = 0;

    *ret = r->place;
    for (size_t i = 0; i < r->n_sentinels; i++) {
        rc = ask_sentinel(r, &r->sentinels[r->next_sentinel], ret);
        if (rc == 0)
            return 0;
        r->next_sentinel = (r->next_sentinel + 1) % r->n_sentinels;
    }
    return rc;
}

static void take_role(void *user, const struct redis_value *v)
{
    bool *is_primary = user;

    *is_primary = str_eq(redis_str(redis_at(v, 0)), STR("master"));
}

struct db_text {
    char text[16];
};

static struct db_text db_text(const struct redis *r)
{
    struct db_text db;

    snprintf(db.text, sizeof db.text, "%d", r->place.db);
    return db;
}

/* Say who we are, choose the database, and see that it is no replica. */
static int introduce(struct redis *r)
{
    const struct db_text db = db_text(r);
    const struct str with_user[] = {STR("AUTH"), str_of(r->place.user),
                                    str_of(r->place.password)};
    const struct str without[] = {STR("AUTH"), str_of(r->place.password)};
    const struct str choose[] = {STR("SELECT"), str_of(db.text)};
    const struct str name[] = {STR("CLIENT"), STR("SETNAME"), STR("pollux")};
    const struct str role[] = {STR("ROLE")};
    bool is_primary = false;
    struct redis_command commands[4];
    size_t n = 0;
    int rc;

    if (r->place.user[0] != '\0')
        commands[n++] = (struct redis_command){with_user, 3, NULL, NULL};
    else if (r->place.password[0] != '\0')
        commands[n++] = (struct redis_command){without, 2, NULL, NULL};
    commands[n++] = (struct redis_command){choose, 2, NULL, NULL};
    commands[n++] = (struct redis_command){name, 3, NULL, NULL};
    commands[n++] = (struct redis_command){role, 1, take_role, &is_primary};
    rc = exchange(r, commands, n);
    if (rc == 0 && !is_primary)
        rc = lose(r, "this server is a replica");
    return rc;
}

static int make_connection(struct redis *r)
{
    struct redis_place primary;
    int rc = find_primary(r, &primary);

    if (rc == 0)
        rc = open_connection(r, primary.host, primary.port);
    if (rc == 0)
        rc = introduce(r);
    if (rc == 0)
        return 0;
    drop(r);
    return ERR_UNAVAILABLE;
}

int redis_connect(struct redis *r)
{
    if (r->conn != NULL)
        return 0;
    if (!breaker_allows(&r->breaker, clock_mono_ms()))
        return ERR_UNAVAILABLE; /* errmsg still says why the last try failed */
    if (make_connection(r) == 0)
        return 0;
    breaker_failed(&r->breaker, clock_mono_ms());
    return ERR_UNAVAILABLE;
}

bool redis_is_connected(const struct redis *r)
{
    return r->conn != NULL;
}

int redis_check(const char *url, const char *sentinels, char *errmsg, size_t size)
{
    struct redis_place place, list[REDIS_SENTINELS_MAX];
    size_t n;
    int rc = redis_place_read(url, &place, errmsg, size);

    return rc == 0 ? redis_sentinels_read(sentinels, list, &n, errmsg, size) : rc;
}

struct redis *redis_new(const struct redis_opts *opts)
{
    struct redis *r = mem_zalloc(1, sizeof *r);
    char errmsg[128];
    int rc = redis_place_read(opts->url, &r->place, errmsg, sizeof errmsg);

    if (rc == 0)
        rc = redis_sentinels_read(opts->sentinels, r->sentinels, &r->n_sentinels,
                                  errmsg, sizeof errmsg);
    assert(rc == 0); /* redis_check() comes first */
    r->master = mem_strdup(opts->master);
    r->timeout_ms = opts->timeout_ms;
    r->breaker.random = opts->seed;
    return r;
}

struct redis *redis_free(struct redis *r)
{
    if (r != NULL) {
        drop(r);
        mem_free(r->master);
        mem_free(r);
    }
    return NULL;
}

/* ---- commands ---- */

int redis_run_all(struct redis *r, const struct redis_command *commands, size_t n)
{
    int rc = redis_connect(r);

    if (rc != 0)
        return rc;
    rc = exchange(r, commands, n);
    if (rc == ERR_UNAVAILABLE)
        breaker_failed(&r->breaker, clock_mono_ms());
    else
        breaker_worked(&r->breaker);
    return rc;
}

static void work_out_sha(struct redis_script *s)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    EVP_Digest(s->text, strlen(s->text), sum, &len, EVP_sha1(), NULL);
    for (unsigned i = 0; i < len; i++)
        snprintf(s->sha + 2 * i, 3, "%02x", sum[i]);
}

int redis_run_script(struct redis *r, struct redis_script *s, const struct str *words,
                     size_t n, void (*each)(void *user, const struct redis_value *v),
                     void *user)
{
    struct str all[WORDS_MAX];
    const struct redis_command run = {all, n + 2, each, user};
    int rc;

    assert(n + 2 <= WORDS_MAX);
    if (s->sha[0] == '\0')
        work_out_sha(s);
    all[0] = STR("EVALSHA");
    all[1] = str_of(s->sha);
    memcpy(all + 2, words, n * sizeof *words);
    rc = redis_run_all(r, &run, 1);
    if (rc != ERR_INTERNAL || strstr(r->errmsg, "NOSCRIPT") == NULL)
        return rc;
    all[0] = STR("EVAL"); /* which keeps it, for the next time */
    all[1] = str_of(s->text);
    return redis_run_all(r, &run, 1);
}

/* ---- channels ---- */

int redis_publish(struct redis *r, struct str channel, struct str text)
{
    const struct str words[] = {STR("PUBLISH"), channel, text};
    const struct redis_command publish = {words, 3, NULL, NULL};

    return redis_run_all(r, &publish, 1);
}

int redis_subscribe(struct redis *r, struct str channel)
{
    const struct str words[] = {STR("SUBSCRIBE"), channel};
    const struct redis_command subscribe = {words, 2, NULL, NULL};
    int rc = redis_run_all(r, &subscribe, 1);

    r->signed_ms = clock_mono_ms();
    r->pinged = false;
    return rc;
}

/* The next thing that is here already; *ret_reply NULL: nothing whole is. */
static int read_here(struct redis *r, redisReply **ret_reply)
{
    void *reply = NULL;

    if (redisGetReplyFromReader(r->conn, &reply) != REDIS_OK)
        return lose_broken(r);
    *ret_reply = reply;
    return 0;
}

/* Read what has come within wait_ms. */
static int read_more(struct redis *r, int wait_ms)
{
    struct pollfd fd = {.fd = r->conn->fd, .events = POLLIN};

    if (poll(&fd, 1, wait_ms) <= 0)
        return 0;
    if (redisBufferRead(r->conn) != REDIS_OK)
        return lose_broken(r);
    r->signed_ms = clock_mono_ms();
    r->pinged = false;
    return 0;
}

static int check_life(struct redis *r)
{
    uint64_t silent_ms = clock_mono_ms() - r->signed_ms;
    int done = 0;

    if (silent_ms > PING_EVERY_MS + (uint64_t)r->timeout_ms)
        return lose(r, "no answer in time");
    if (r->pinged || silent_ms < PING_EVERY_MS)
        return 0;
    r->pinged = true;
    redisAppendCommand(r->conn, "PING");
    while (!done)
        if (redisBufferWrite(r->conn, &done) != REDIS_OK)
            return lose_broken(r);
    return 0;
}

/* The text of a message; of anything else, such as an answer to PING: at NULL. */
static struct str text_of(const redisReply *reply)
{
    const struct redis_value *v = (const struct redis_value *)reply;

    if (!str_eq(redis_str(redis_at(v, 0)), STR("message")))
        return (struct str){NULL, 0};
    return redis_str(redis_at(v, 2));
}

static int hear_here(struct redis *r, struct str *ret_text)
{
    redisReply *reply = NULL;
    int rc;

    do {
        rc = read_here(r, &reply);
        if (rc != 0 || reply == NULL)
            return rc;
        *ret_text = text_of(reply);
        if (ret_text->at != NULL)
            r->heard = reply;
        else
            freeReplyObject(reply);
    } while (ret_text->at == NULL);
    return 0;
}

int redis_hear(struct redis *r, int wait_ms, struct str *ret_text)
{
    int rc;

    *ret_text = (struct str){NULL, 0};
    if (r->conn == NULL)
        return fail(r, ERR_UNAVAILABLE, "the connection was lost");
    if (r->heard != NULL)
        freeReplyObject(r->heard);
    r->heard = NULL;
    rc = hear_here(r, ret_text);
    if (rc != 0 || ret_text->at != NULL)
        return rc;
    rc = read_more(r, wait_ms);
    if (rc == 0)
        rc = hear_here(r, ret_text);
    if (rc == 0 && ret_text->at == NULL)
        rc = check_life(r);
    if (rc != 0)
        breaker_failed(&r->breaker, clock_mono_ms());
    return rc;
}
