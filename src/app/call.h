/* call.h — one request on its way through the application.
 *
 * DESIGN
 *
 * A call is made by the router for each request, goes to its handler, and ends with
 * call_reply() or one of its kin. What a handler needs from a lane it asks for with
 * call_ballot(), call_store() or call_read(): the call goes along, and `then` is run
 * with it when the answer is home. One thing at a time: the lanes' work lies inside
 * the call, so a hand-over allocates nothing.
 *
 * Ownership  the handler owns the call until it answers; then the call is gone. If the
 *            client goes away, nothing changes for the handler.
 * Threads    the call's loop. Work functions of jobs run on their lane, and may touch
 *            the call's `job` and `data` only.
 */
#ifndef APP_CALL_H
#define APP_CALL_H

#include <jansson.h>

#include "app/door.h"
#include "auth/jwt.h"
#include "ballot/ballot.h"
#include "base/fault.h"
#include "limit/limit.h"
#include "net/http.h"
#include "work/follow.h"
#include "work/store_lane.h"

struct app;
struct app_loop;
struct trace;

struct call;
/* Goes on with a call that has come home: c is the handler's again. */
typedef void call_then_cb(struct call *c);
/* Frees what a handler keeps with a call, and is its type as well: see call_data(). */
typedef void call_free_cb(void *data);

struct call {
    struct http_req *req;
    struct app_loop *loop;
    struct app *app;
    struct identity who; /* user 0: nobody */
    int identified;      /* 0, or why who is not to be believed */
    bool by_cookie;
    bool one_form;  /* its ETag names these very bytes: it is never packed */
    uint32_t id;    /* the path's {id}; 0 where the path has none */
    unsigned route; /* the line of tbl/routes.h, or ROUTE_OTHER */
    json_t *body;   /* an object, after call_json() */
    void *data;     /* the handler's: call_set_data(), call_data() */
    call_free_cb *free_data;
    struct buf faults; /* "errors":[ and JSON objects, a comma between them; or empty */

    struct trace *trace; /* NULL, unless requests are logged */
    uint64_t began_us;
    enum http_method method;

    struct limit_ask limit; /* the router's */
    call_then_cb *then;
    struct door *door; /* it went in by; NULL: by none yet */
    uint64_t in_ms;    /* when */
    struct ballot_op op;
    struct store_job job;
    struct follow_ask ask;
};

/* ---- reading ---- */

/* Does the request say that its body is JSON? */
bool call_is_json(const struct call *c);
/* The body as a JSON object in c->body. False: it is none, and the call was answered.
 */
bool call_json(struct call *c);
/* The same, but no body at all is an empty object. */
bool call_json_or_empty(struct call *c);

/* ---- what the handler keeps ---- */

/* Keep data until the call ends, in place of what was kept before, which is freed. */
void call_set_data(struct call *c, void *data, call_free_cb *free_data);
/* What was kept with this free_data; anything else there is a bug and ends the program.
 */
void *call_data(const struct call *c, call_free_cb *free_data);

/* ---- asking lanes; after any of them, nothing more may be done but return ---- */

void call_ballot(struct call *c, call_then_cb *then); /* c->op is filled in */
void call_store(struct call *c, store_work_cb *work, store_committed_cb *committed,
                call_then_cb *then);
void call_read(struct call *c, store_work_cb *work, call_then_cb *then);
struct call *call_of_job(struct store_job *job);
/* Go on when memory has everything that was committed before now, by whichever process;
 * at once where there is only one. */
void call_current(struct call *c, call_then_cb *then);

/* How those three ask. Once one door has let a call in, no other refuses it: something
 * may have been done already. False: the lane has too much to do, so fail the call. */
bool call_pass_door(struct call *c, enum door_to to);
void call_pass_door_anyway(struct call *c, enum door_to to); /* never refused */
void call_leave(struct call *c);                             /* the answer is back */
/* The lane refused the request: undo call_enter() and answer with err. */
void call_turn_back(struct call *c, int err);

/* ---- answering ---- */

struct buf *call_out(struct call *c);
void call_reply(struct call *c, int status); /* what is in call_out(), as JSON */
void call_reply_type(struct call *c, int status, const char *content_type);
/* Reply with bytes that outlive the answer. */
void call_reply_static(struct call *c, int status, const char *content_type,
                       struct str body);
void call_no_content(struct call *c);

/* Reply with a problem document for err; detail NULL: the title is enough. */
void call_fail(struct call *c, int err, const char *detail);
void call_fail_in(struct call *c, int err, const char *detail, int64_t retry_after_s);
/* The same with further members, as JSON: `"checks":{…}`. */
void call_fail_with(struct call *c, int err, const char *detail, struct str members);

/* Fail a call about a poll: the detail says that it is not there, or not the caller's.
 */
void call_fail_poll(struct call *c, int err);
/* That detail; NULL: the title of err says it all. */
const char *call_poll_detail(int err);

/* 422 `invalid` with errors for fields: add any number, then fail if there are some.
 * What the handler keeps is left alone. */
void call_fault(void *call, const char *field, enum fault code, const char *message);
bool call_fail_if_faults(struct call *c); /* true: it was answered */
/* The same with another error. */
bool call_fail_faults(struct call *c, int err, const char *detail);

/* The body of a problem document, also for requests that never became a call. members:
 * further ones, as JSON, or nothing. */
void problem_write(struct buf *out, int err, const char *detail, struct str request_id,
                   struct str members);

/* For the router. */
struct call *call_new(struct app_loop *loop, struct http_req *req);
/* The request was taken over (http_take_over) with this status: free the rest of the
 * call. */
void call_taken_over(struct call *c, int status);

#endif
