#include "link/pg.h"

#include <assert.h>
#include <errno.h>
#include <libpq-fe.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "link/breaker.h"

enum { TIMEOUT_MS = 30000 };

struct pg {
    char *dsn, *name;
    int timeout_ms;
    PGconn *conn; /* NULL: there is none */
    struct breaker breaker;
    uint64_t n_connections;
    bool in_transaction; /* stays true when the connection is lost */
    char errmsg[512], sqlstate[6];
};

struct pg_row {
    const PGresult *res;
    int row;
};

/* ---- errors ---- */

static int fail(struct pg *p, int err, const char *text)
{
    size_t len = strcspn(text, "\n"); /* what follows are positions and hints */

    snprintf(p->errmsg, sizeof p->errmsg, "postgresql: %.*s", (int)len, text);
    return err;
}

static void drop(struct pg *p)
{
    PQfinish(p->conn);
    p->conn = NULL;
}

static int lose(struct pg *p, const char *text)
{
    int rc =
        fail(p, ERR_UNAVAILABLE, text); /* first: the text may be the connection's */

    drop(p);
    return rc;
}

/* Does a refusal with this code mean that another connection is needed? The server is
 * shutting down or starting, or the proxy has lost it; or it is a replica now, which a
 * proxy does not tell: it writes nothing (25006), and has no WAL of its own (55000). */
static bool is_gone(const char *state)
{
    return strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0 ||
           strcmp(state, "25006") == 0 || strcmp(state, "55000") == 0;
}

static int error_of(const char *state)
{
    if (is_gone(state) || strncmp(state, "53", 2) == 0) /* out of disk, connections… */
        return ERR_UNAVAILABLE;
    if (strncmp(state, "23", 2) == 0)
        return ERR_CONFLICT;
    if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0)
        return ERR_OVERLOADED;
    return ERR_INTERNAL;
}

static int refused(struct pg *p, const PGresult *res)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

    snprintf(p->sqlstate, sizeof p->sqlstate, "%s", state != NULL ? state : "");
    if (state == NULL) /* libpq's own: the connection is broken */
        return fail(p, ERR_UNAVAILABLE, PQresultErrorMessage(res));
    return fail(p, error_of(state), PQresultErrorMessage(res));
}

const char *pg_errmsg(const struct pg *p)
{
    return p->errmsg;
}

const char *pg_sqlstate(const struct pg *p)
{
    return p->sqlstate;
}

/* ---- connecting ---- */

int pg_check_dsn(const char *dsn, char *errmsg, size_t errmsg_size)
{
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(dsn, &why);

    if (options != NULL) {
        PQconninfoFree(options);
        return 0;
    }
    snprintf(errmsg, errmsg_size, "%.*s", (int)strcspn(why != NULL ? why : "", "\n"),
             why != NULL ? why : "");
    PQfreemem(why);
    return ERR_INVALID;
}

struct pg *pg_new(const struct pg_opts *opts)
{
    struct pg *p = mem_zalloc(1, sizeof *p);

    p->dsn = mem_strdup(opts->dsn);
    p->name = mem_strdup(opts->name != NULL ? opts->name : "pollux");
    p->timeout_ms = opts->timeout_ms != 0 ? opts->timeout_ms : TIMEOUT_MS;
    p->breaker.random = opts->seed;
    return p;
}

struct pg *pg_free(struct pg *p)
{
    if (p != NULL) {
        drop(p);
        mem_free(p->dsn);
        mem_free(p->name);
        mem_free(p);
    }
    return NULL;
}

void pg_set_timeout(struct pg *p, int ms)
{
    p->timeout_ms = ms;
}

enum { PARAMETERS = 11 }; /* the last two: one more, or none */

/* Before dbname are defaults, which the DSN in it may change. */
static void list_parameters(const char *dsn, const char *name,
                            const char *keys[PARAMETERS],
                            const char *values[PARAMETERS])
{
    const char *const all[PARAMETERS - 2][2] = {
        {"target_session_attrs", "read-write"},
        {"connect_timeout", "2"},
        {"tcp_user_timeout", "5000"}, /* of what was sent */
        {"keepalives_idle", "5"},     /* while nothing is sent */
        {"keepalives_interval", "2"},
        {"keepalives_count", "3"},
        {"application_name", name},
        {"dbname", dsn},
        {"client_encoding", "UTF8"},
    };

    for (int i = 0; i < PARAMETERS - 2; i++) {
        keys[i] = all[i][0];
        values[i] = all[i][1];
    }
    for (int i = PARAMETERS - 2; i < PARAMETERS; i++)
        keys[i] = values[i] = NULL;
}

static PGconn *open_connection(const struct pg *p)
{
    const char *keys[PARAMETERS], *values[PARAMETERS];

    list_parameters(p->dsn, p->name, keys, values);
    return PQconnectdbParams(keys, values, 1);
}

static bool lets_in(const char *keys[PARAMETERS], const char *values[PARAMETERS])
{
    PGconn *conn = PQconnectdbParams(keys, values, 1);
    bool lets_in = PQstatus(conn) == CONNECTION_OK;

    PQfinish(conn);
    return lets_in;
}

enum pg_reach pg_reach(const char *dsn)
{
    const char *keys[PARAMETERS], *values[PARAMETERS];
    PGPing ping;

    list_parameters(dsn, "pollux", keys, values);
    if (lets_in(keys, values))
        return PG_THERE;
    ping = PQpingParams(keys, values, 1);
    if (ping != PQPING_OK && ping != PQPING_NO_ATTEMPT)
        return PG_AWAY;
    /* A replica lets in who does not ask for more, whatever the DSN asks for. */
    keys[PARAMETERS - 2] = "target_session_attrs";
    values[PARAMETERS - 2] = "any";
    return lets_in(keys, values) ? PG_AWAY : PG_REFUSES;
}

static int make_connection(struct pg *p)
{
    if (!breaker_allows(&p->breaker, clock_mono_ms()))
        return ERR_UNAVAILABLE; /* errmsg still says why the last try failed */
    p->conn = open_connection(p);
    if (PQstatus(p->conn) == CONNECTION_OK) {
        breaker_worked(&p->breaker);
        p->n_connections++;
        return 0;
    }
    breaker_failed(&p->breaker, clock_mono_ms());
    return lose(p, PQerrorMessage(p->conn));
}

uint64_t pg_connections(const struct pg *p)
{
    return p->n_connections;
}

bool pg_is_connected(const struct pg *p)
{
    return p->conn != NULL;
}

int pg_connect(struct pg *p)
{
    if (p->conn != NULL)
        return 0;
    if (p->in_transaction)
        return fail(p, ERR_UNAVAILABLE, "the connection was lost in a transaction");
    return make_connection(p);
}

/* ---- parameters ---- */

enum { TYPE_BOOL = 16, TYPE_BIGINT = 20 }; /* of pg_type, the same for ever */

static char *next_arg(struct pg_args *a, unsigned type, int length)
{
    int i = a->n++;

    assert(i < PG_ARGS);
    a->types[i] = type;
    a->lengths[i] = length;
    a->values[i] = a->numbers[i];
    return a->numbers[i];
}

void pg_arg_i64(struct pg_args *a, int64_t n)
{
    char *to = next_arg(a, TYPE_BIGINT, 8);

    for (int i = 0; i < 8; i++)
        to[i] = (char)((uint64_t)n >> (56 - 8 * i));
}

void pg_arg_optional(struct pg_args *a, int64_t n)
{
    pg_arg_i64(a, n);
    if (n == 0)
        a->values[a->n - 1] = NULL;
}

void pg_arg_str(struct pg_args *a, struct str s)
{
    assert(s.len <= INT_MAX);
    next_arg(a, 0, (int)s.len);
    a->values[a->n - 1] = s.at;
}

void pg_arg_bool(struct pg_args *a, bool b)
{
    *next_arg(a, TYPE_BOOL, 1) = b;
}

void pg_array_i64(struct buf *b, int64_t n)
{
    buf_char(b, b->len == 0 ? '{' : ',');
    buf_i64(b, n);
}

void pg_array_str(struct buf *b, struct str s)
{
    buf_char(b, b->len == 0 ? '{' : ',');
    buf_char(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '"' || s.at[i] == '\\')
            buf_char(b, '\\');
        buf_char(b, s.at[i]);
    }
    buf_char(b, '"');
}

struct str pg_array_end(struct buf *b)
{
    buf_text(b, b->len == 0 ? "{}" : "}");
    return buf_str(b);
}

/* ---- rows ---- */

bool pg_is_null(const struct pg_row *row, int column)
{
    return PQgetisnull(row->res, row->row, column) != 0;
}

int64_t pg_i64(const struct pg_row *row, int column)
{
    const char *at = PQgetvalue(row->res, row->row, column);
    int len = PQgetlength(row->res, row->row, column);
    uint64_t n = len > 0 && ((uint8_t)at[0] & 0x80) != 0 ? UINT64_MAX : 0;

    assert(len <= 8); /* not a number */
    for (int i = 0; i < len; i++)
        n = n << 8 | (uint8_t)at[i];
    return (int64_t)n;
}

struct str pg_str(const struct pg_row *row, int column)
{
    if (pg_is_null(row, column))
        return (struct str){NULL, 0};
    return (struct str){PQgetvalue(row->res, row->row, column),
                        (size_t)PQgetlength(row->res, row->row, column)};
}

/* ---- statements ---- */

/* Wait until the next result can be had without waiting. */
static int await(struct pg *p)
{
    uint64_t until_ms = clock_mono_ms() + (uint64_t)p->timeout_ms;

    while (PQisBusy(p->conn)) {
        struct pollfd fd = {.fd = PQsocket(p->conn), .events = POLLIN};
        uint64_t now_ms = clock_mono_ms();
        int n = now_ms < until_ms ? poll(&fd, 1, (int)(until_ms - now_ms)) : 0;

        if (n == 0)
            return lose(p, "no answer in time");
        if (n < 0 && errno != EINTR)
            return lose(p, strerror(errno));
        if (!PQconsumeInput(p->conn))
            return lose(p, PQerrorMessage(p->conn));
    }
    return 0;
}

static int send_statement(struct pg *p, const struct pg_statement *s)
{
    static const struct pg_args none;
    static const int binary[PG_ARGS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const struct pg_args *a = s->args != NULL ? s->args : &none;

    return PQsendQueryParams(p->conn, s->sql, a->n, a->types, a->values, a->lengths,
                             binary, 1) == 1
               ? 0
               : lose(p, PQerrorMessage(p->conn));
}

static int send_all(struct pg *p, const struct pg_statement *statements, size_t n)
{
    int rc = PQenterPipelineMode(p->conn) ? 0 : lose(p, PQerrorMessage(p->conn));

    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = send_statement(p, &statements[i]);
    if (rc == 0 && !PQpipelineSync(p->conn))
        rc = lose(p, PQerrorMessage(p->conn));
    return rc;
}

/* One result: rows, the end of the rows, or an error. */
static int take_result(struct pg *p, struct pg_statement *s, PGresult *res)
{
    struct str changed = str_of(PQcmdTuples(res));
    uint64_t n;

    switch (PQresultStatus(res)) {
    case PGRES_SINGLE_TUPLE:
        s->ret_rows++;
        return s->each != NULL ? s->each(s->user, &(struct pg_row){res, 0}) : 0;
    case PGRES_COMMAND_OK:
        if (str_to_u64(changed, UINT64_MAX, &n) == 0)
            s->ret_rows = n;
        return 0;
    case PGRES_TUPLES_OK:
    case PGRES_PIPELINE_ABORTED: /* one before it has failed, and said so */
        return 0;
    default:
        return refused(p, res);
    }
}

/* All results of one statement; the first error is kept, the rest read all the same. */
static int receive(struct pg *p, struct pg_statement *s)
{
    PGresult *res;
    int rc = 0;

    s->ret_rows = 0;
    PQsetSingleRowMode(p->conn);
    for (;;) {
        if (await(p) != 0)
            return ERR_UNAVAILABLE;
        res = PQgetResult(p->conn);
        if (res == NULL)
            return rc;
        if (rc == 0)
            rc = take_result(p, s, res);
        PQclear(res);
        if (PQstatus(p->conn) == CONNECTION_BAD)
            return lose(p, PQerrorMessage(p->conn));
    }
}

/* The answer to the sync, which ends the pipeline. */
static int end_pipeline(struct pg *p)
{
    PGresult *res;
    bool synced;

    if (await(p) != 0)
        return ERR_UNAVAILABLE;
    res = PQgetResult(p->conn);
    synced = PQresultStatus(res) == PGRES_PIPELINE_SYNC;
    PQclear(res);
    if (!synced || !PQexitPipelineMode(p->conn))
        return lose(p, PQerrorMessage(p->conn));
    return 0;
}

static int receive_all(struct pg *p, struct pg_statement *statements, size_t n)
{
    int rc = 0, rc_i;

    for (size_t i = 0; i < n; i++) {
        rc_i = receive(p, &statements[i]);
        if (p->conn == NULL)
            return ERR_UNAVAILABLE;
        if (rc == 0)
            rc = rc_i;
    }
    rc_i = end_pipeline(p);
    return rc_i != 0 ? rc_i : rc;
}

int pg_run_all(struct pg *p, struct pg_statement *statements, size_t n)
{
    int rc = pg_connect(p);

    p->sqlstate[0] = '\0';
    if (rc == 0)
        rc = send_all(p, statements, n);
    if (rc == 0)
        rc = receive_all(p, statements, n);
    if (p->conn == NULL)
        return ERR_UNAVAILABLE;
    p->in_transaction = PQtransactionStatus(p->conn) != PQTRANS_IDLE;
    if (rc != 0 && is_gone(p->sqlstate))
        drop(p);
    return rc;
}

int pg_run(struct pg *p, const char *sql, const struct pg_args *args, pg_row_cb *each,
           void *user)
{
    struct pg_statement s = {.sql = sql, .args = args, .each = each, .user = user};

    return pg_run_all(p, &s, 1);
}

int pg_script(struct pg *p, const char *sql)
{
    int rc = pg_connect(p);
    PGresult *res;

    p->sqlstate[0] = '\0';
    if (rc != 0)
        return rc;
    res = PQexec(p->conn, sql);
    if (PQresultStatus(res) != PGRES_COMMAND_OK &&
        PQresultStatus(res) != PGRES_TUPLES_OK)
        rc = refused(p, res);
    PQclear(res);
    p->in_transaction = PQtransactionStatus(p->conn) != PQTRANS_IDLE;
    if (PQstatus(p->conn) == CONNECTION_BAD)
        drop(p);
    return rc;
}

/* ---- COPY ---- */

int pg_copy_begin(struct pg *p, const char *sql)
{
    PGresult *res;
    int rc = pg_connect(p);

    p->sqlstate[0] = '\0';
    if (rc != 0)
        return rc;
    res = PQexec(p->conn, sql);
    if (PQresultStatus(res) != PGRES_COPY_IN)
        rc = refused(p, res);
    PQclear(res);
    return rc;
}

int pg_copy_put(struct pg *p, struct str lines)
{
    assert(lines.len <= INT_MAX);
    if (p->conn == NULL)
        return ERR_UNAVAILABLE;
    return PQputCopyData(p->conn, lines.at, (int)lines.len) == 1
               ? 0
               : lose(p, PQerrorMessage(p->conn));
}

int pg_copy_end(struct pg *p)
{
    PGresult *res;
    int rc = 0;

    if (p->conn == NULL)
        return ERR_UNAVAILABLE;
    if (PQputCopyEnd(p->conn, NULL) != 1)
        return lose(p, PQerrorMessage(p->conn));
    while ((res = PQgetResult(p->conn)) != NULL) {
        if (rc == 0 && PQresultStatus(res) != PGRES_COMMAND_OK)
            rc = refused(p, res);
        PQclear(res);
    }
    return PQstatus(p->conn) == CONNECTION_BAD ? lose(p, PQerrorMessage(p->conn)) : rc;
}

/* ---- transactions ---- */

int pg_begin(struct pg *p)
{
    pg_rollback(p);
    return pg_run(p, "BEGIN", NULL, NULL, NULL);
}

/* COMMIT of a transaction that has failed rolls back, and does not call that an error.
 */
int pg_commit(struct pg *p)
{
    if (p->conn != NULL && PQtransactionStatus(p->conn) == PQTRANS_INERROR)
        return fail(p, ERR_UNAVAILABLE, "the transaction has failed before its end");
    return pg_run(p, "COMMIT", NULL, NULL, NULL);
}

void pg_rollback(struct pg *p)
{
    if (p->conn != NULL && p->in_transaction &&
        pg_run(p, "ROLLBACK", NULL, NULL, NULL) != 0)
        drop(p);
    p->in_transaction = false;
}
