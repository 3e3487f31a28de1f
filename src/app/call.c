#include "app/call.h"

#include <assert.h>
#include <stddef.h>

#include "app/accept.h"
#include "app/app.h"
#include "app/app_loop.h"
#include "app/json_body.h"
#include "app/metrics.h"
#include "app/pack.h"
#include "app/trace.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/metric.h"
#include "net/loop.h"

struct call *call_new(struct app_loop *loop, struct http_req *req)
{
    struct call *c = mem_alloc(sizeof *c);

    c->req = req;
    c->loop = loop;
    c->app = loop->app;
    c->who = (struct identity){0};
    c->identified = 0;
    c->by_cookie = false;
    c->one_form = false;
    c->id = 0;
    c->body = NULL;
    c->data = NULL;
    c->free_data = NULL;
    c->faults = (struct buf){0};
    c->door = NULL;
    c->trace = trace_new(&c->app->log, req);
    c->began_us = clock_mono_us();
    c->method = req->method;
    c->route = ROUTE_OTHER;
    req->state = c;
    counter_add(&loop->n_calls, 1);
    return c;
}

static void drop_data(struct call *c)
{
    if (c->free_data != NULL)
        c->free_data(c->data);
    c->data = NULL;
    c->free_data = NULL;
}

/* Count before the answer leaves: whoever has it finds it counted, whichever loop they
 * ask. */
static void count(struct call *c, int status, size_t bytes)
{
    metrics_count_answer(c->loop->metrics, c->route, c->method, status,
                         clock_mono_us() - c->began_us);
    trace_end(c->trace, &c->app->log, c->who.user, status, bytes);
    counter_sub(&c->loop->n_calls, 1);
}

static void end(struct call *c)
{
    drop_data(c);
    buf_done(&c->faults);
    json_decref(c->body);
    mem_free(c);
}

void call_taken_over(struct call *c, int status)
{
    count(c, status, 0);
    end(c);
}

/* ---- reading ---- */

bool call_is_json(const struct call *c)
{
    struct str head;

    str_cut(http_header(c->req, "content-type"), ';', &head);
    return str_eq_nocase(str_trim(head), STR("application/json"));
}

static bool parse_body(struct call *c)
{
    struct json_body_why why;
    int rc;

    if (!call_is_json(c)) {
        call_fail(c, ERR_UNSUPPORTED_MEDIA, "Send Content-Type: application/json.");
        return false;
    }
    rc = json_body_parse(c->req->body, &c->body, &why);
    if (rc == ERR_INVALID_JSON)
        call_fail(c, rc, why.text);
    if (rc != ERR_INVALID)
        return rc == 0;
    call_fault(c, "", why.fault, why.text);
    return !call_fail_if_faults(c);
}

bool call_json(struct call *c)
{
    if (c->req->body.len == 0) {
        call_fail(c, ERR_INVALID_JSON, "A JSON body is needed.");
        return false;
    }
    return parse_body(c);
}

bool call_json_or_empty(struct call *c)
{
    if (c->req->body.len != 0)
        return parse_body(c);
    c->body = json_object();
    return true;
}

/* ---- what the handler keeps ---- */

void call_set_data(struct call *c, void *data, call_free_cb *free_data)
{
    assert(data != NULL && free_data != NULL);
    assert(data != c->data);
    drop_data(c);
    c->data = data;
    c->free_data = free_data;
}

void *call_data(const struct call *c, call_free_cb *free_data)
{
    assert(c->free_data == free_data);
    return c->data;
}

/* ---- lanes ---- */

struct call *call_of_job(struct store_job *job)
{
    return (struct call *)((char *)job - offsetof(struct call, job));
}

void call_pass_door_anyway(struct call *c, enum door_to to)
{
    c->door = &c->loop->doors[to];
    door_pass_anyway(c->door);
    c->in_ms = loop_since_ms(c->loop->loop);
}

bool call_pass_door(struct call *c, enum door_to to)
{
    if (c->door == NULL &&
        door_is_full(&c->loop->doors[to], loop_mono_ms(c->loop->loop)))
        return false;
    call_pass_door_anyway(c, to);
    return true;
}

void call_leave(struct call *c)
{
    uint64_t now_ms = clock_mono_ms();

    assert(c->door != NULL); /* it went in */
    door_leave(c->door, now_ms, now_ms - c->in_ms);
}

void call_turn_back(struct call *c, int err)
{
    assert(err != 0 && c->door != NULL);
    door_turn_back(c->door);
    call_fail(c, err, NULL);
}

static void on_op_home(struct mail *m)
{
    struct call *c = (struct call *)((char *)m - offsetof(struct call, op));

    call_leave(c);
    c->then(c);
}

static void on_job_home(struct mail *m)
{
    struct call *c = call_of_job((struct store_job *)m);

    call_leave(c);
    c->then(c);
}

void call_ballot(struct call *c, call_then_cb *then)
{
    int rc;

    if (!call_pass_door(c, DOOR_BALLOT)) {
        call_fail(c, ERR_OVERLOADED, NULL);
        return;
    }
    c->then = then;
    assert(then != NULL);
    c->op.mail.home = loop_inbox(c->loop->loop);
    c->op.mail.on_home = on_op_home;
    rc = ballot_submit(c->app->ballot, &c->op);
    if (rc != 0)
        call_turn_back(c, rc);
}

static void prepare_job(struct call *c, store_work_cb *work,
                        store_committed_cb *committed, call_then_cb *then)
{
    assert(work != NULL && then != NULL);
    c->then = then;
    c->job = (struct store_job){.work = work, .committed = committed};
    c->job.mail.home = loop_inbox(c->loop->loop);
    c->job.mail.on_home = on_job_home;
}

void call_store(struct call *c, store_work_cb *work, store_committed_cb *committed,
                call_then_cb *then)
{
    int rc;

    if (!call_pass_door(c, DOOR_STORE)) {
        call_fail(c, ERR_OVERLOADED, NULL);
        return;
    }
    prepare_job(c, work, committed, then);
    rc = store_lane_submit(c->app->store, &c->job);
    if (rc != 0)
        call_turn_back(c, rc);
}

void call_read(struct call *c, store_work_cb *work, call_then_cb *then)
{
    int rc;

    if (!call_pass_door(c, DOOR_READ)) {
        call_fail(c, ERR_OVERLOADED, NULL);
        return;
    }
    prepare_job(c, work, NULL, then);
    rc = read_lane_submit(c->app->reads, &c->job);
    if (rc != 0)
        call_turn_back(c, rc);
}

static void say_how_old(struct call *c)
{
    struct buf seconds = {0};

    buf_u64(&seconds, (follow_age_ms(c->app->follow) + 999) / 1000);
    http_add_header(c->req, "Age", buf_str(&seconds));
    http_add_header(c->req, "X-Pollux-Stale", buf_str(&seconds));
    buf_done(&seconds);
}

/* When the database is away, what is known is the best there is. */
static void go_on(struct call *c, int rc)
{
    c->door = NULL; /* nothing has been done yet: the next door may refuse it */
    if (rc != 0 && (c->method == HTTP_GET_ || c->method == HTTP_HEAD_))
        say_how_old(c);
    c->then(c);
}

static void on_ask_home(struct mail *m)
{
    struct call *c = (struct call *)((char *)m - offsetof(struct call, ask));

    call_leave(c);
    go_on(c, c->ask.rc);
}

void call_current(struct call *c, call_then_cb *then)
{
    int rc;

    if (c->app->follow == NULL) {
        then(c);
        return;
    }
    if (!call_pass_door(c, DOOR_READ)) {
        call_fail(c, ERR_OVERLOADED, NULL);
        return;
    }
    c->then = then;
    c->ask.mail.home = loop_inbox(c->loop->loop);
    c->ask.mail.on_home = on_ask_home;
    rc = follow_submit(c->app->follow, &c->ask);
    if (rc == ERR_UNAVAILABLE) {
        door_turn_back(c->door);
        go_on(c, rc);
    } else if (rc != 0) {
        call_turn_back(c, rc);
    }
}

/* ---- answering ---- */

struct buf *call_out(struct call *c)
{
    return http_out(c->req);
}

static void pack_answer(struct call *c)
{
    struct buf *out = call_out(c);
    struct str packed;

    if (out->len < PACK_MIN || c->one_form)
        return;
    http_add_header(c->req, "Vary", STR("Accept-Encoding"));
    if (!accepts_coding(http_header(c->req, "accept-encoding"), STR("gzip")))
        return;
    packed = pack(c->loop->packer, buf_str(out));
    if (packed.len == 0)
        return;
    http_add_header(c->req, "Content-Encoding", STR("gzip"));
    out->len = 0;
    buf_str_add(out, packed);
}

void call_reply_type(struct call *c, int status, const char *content_type)
{
    pack_answer(c);
    count(c, status, call_out(c)->len);
    http_reply(c->req, status, content_type);
    end(c);
}

void call_reply_static(struct call *c, int status, const char *content_type,
                       struct str body)
{
    count(c, status, body.len);
    http_reply_static(c->req, status, content_type, body);
    end(c);
}

void call_reply(struct call *c, int status)
{
    call_reply_type(c, status, "application/json");
}

void call_no_content(struct call *c)
{
    call_reply_type(c, 204, NULL);
}

void problem_write(struct buf *out, int err, const char *detail, struct str request_id,
                   struct str members)
{
    buf_text(out, "{\"type\":\"urn:pollux:problem:");
    buf_text(out, err_code(err));
    buf_text(out, "\",\"title\":");
    buf_json_str(out, str_of(err_title(err)));
    buf_text(out, ",\"status\":");
    buf_i64(out, err_http_status(err));
    buf_text(out, ",\"detail\":");
    buf_json_str(out, str_of(detail != NULL ? detail : err_title(err)));
    buf_text(out, ",\"code\":\"");
    buf_text(out, err_code(err));
    buf_text(out, "\",\"requestId\":");
    buf_json_str(out, request_id);
    if (members.len != 0) {
        buf_char(out, ',');
        buf_str_add(out, members);
    }
    buf_char(out, '}');
}

static void fail_with(struct call *c, int err, const char *detail, struct str members)
{
    call_out(c)->len = 0;
    problem_write(call_out(c), err, detail, c->req->id, members);
    call_reply_type(c, err_http_status(err), "application/problem+json");
}

void call_fail_with(struct call *c, int err, const char *detail, struct str members)
{
    if (err == ERR_UNAUTHORIZED)
        http_add_header(c->req, "WWW-Authenticate", STR("Bearer"));
    if (err_http_status(err) == 503)
        http_add_number(c->req, "Retry-After", 1);
    fail_with(c, err, detail, members);
}

void call_fail_in(struct call *c, int err, const char *detail, int64_t retry_after_s)
{
    http_add_number(c->req, "Retry-After", retry_after_s < 1 ? 1 : retry_after_s);
    fail_with(c, err, detail, (struct str){NULL, 0});
}

void call_fail(struct call *c, int err, const char *detail)
{
    call_fail_with(c, err, detail, (struct str){NULL, 0});
}

const char *call_poll_detail(int err)
{
    if (err == ERR_NOT_FOUND)
        return "There is no such poll.";
    return err == ERR_FORBIDDEN ? "Only the poll's owner may do this." : NULL;
}

void call_fail_poll(struct call *c, int err)
{
    call_fail(c, err, call_poll_detail(err));
}

void call_fault(void *call, const char *field, enum fault code, const char *message)
{
    struct call *c = call;
    struct buf *list = &c->faults;

    buf_text(list, list->len == 0 ? "\"errors\":[" : ",");
    buf_text(list, "{\"field\":");
    buf_json_str(list, str_of(field));
    buf_text(list, ",\"code\":\"");
    buf_text(list, fault_code(code));
    buf_char(list, '"');
    buf_text(list, ",\"message\":");
    buf_json_str(list, str_of(message));
    buf_char(list, '}');
}

bool call_fail_faults(struct call *c, int err, const char *detail)
{
    if (c->faults.len == 0)
        return false;
    buf_char(&c->faults, ']');
    fail_with(c, err, detail, buf_str(&c->faults));
    return true;
}

bool call_fail_if_faults(struct call *c)
{
    return call_fail_faults(c, ERR_INVALID, NULL);
}
