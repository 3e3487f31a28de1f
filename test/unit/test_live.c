/* test_live.c — what watchers are sent of a poll: its state, and at last that it is
 * gone.
 */
#include "app/app.h"
#include "base/frame.h"
#include "lib/check.h"
#include "index/catalogue.h"
#include "index/index.h"
#include "live/live.h"
#include "live/live_watcher.h"

enum { POLL = 12, OTHER = 13 };

static const struct result result = {.poll = POLL,
                                     .version = 34,
                                     .status = POLL_OPEN,
                                     .n_options = 2,
                                     .total = 4,
                                     .counts = {3, 1}};

static struct app app_with_poll(enum poll_visibility visibility)
{
    static struct index index;
    struct app app = {.index = &index, .first_version = 1};
    struct poll p = {.id = POLL,
                     .rules = {.n_options = 2, .visibility = visibility},
                     .title = STR("Which?")};

    index.catalogue = catalogue_new();
    catalogue_add(index.catalogue, poll_new(&p), &result);
    return app;
}

static void check_frame(struct app *app, unsigned form, uint64_t version,
                        const char *part, const char *why)
{
    struct frame *f = live_encode(app, POLL, form, 5);

    assert_non_null(f);
    CHECK_AT(why, f->version == version);
    CHECK_HAS_AT(why, ((struct str){f->data, f->len}), part);
    frame_unref(f);
}

static void a_message_is_the_state_for_its_audience(void **state)
{
    struct app app = app_with_poll(VISIBLE_AFTER_CLOSE);
    (void)state;

    check_frame(&app, 0, 34, "\"totalVotes\":4", "who may see it");
    check_frame(&app, FORM_STRANGER, HIDDEN_FRAME | 2,
                "\"version\":2,\"status\":\"open\",\"hidden\":true", "who may not");
    check_frame(&app, FORM_SSE, 34,
                "event: results\nid: 12.34.v\ndata: {\"type\":", "SSE");
    check_frame(&app, FORM_SSE | FORM_STRANGER, HIDDEN_FRAME | 2,
                "event: results\nid: 12.2.h\ndata: {\"type\":", "SSE, hidden");
    check_frame(&app, FORM_SSE | FORM_STRANGER, HIDDEN_FRAME | 2, "\"viewers\":5}\n\n",
                "viewers");
    catalogue_free(app.index->catalogue);
}

/* The whole frame, as it is: nothing else is said of a poll that is gone. */
static void the_last_message_says_that_the_poll_is_deleted(void **state)
{
    static const char json[] = "{\"type\":\"deleted\",\"pollId\":12}";
    struct app app = app_with_poll(VISIBLE_ALWAYS);
    (void)state;

    catalogue_delete(app.index->catalogue, OTHER);
    check_frame(&app, 0, 34, "\"results\"", "another one was deleted");
    catalogue_delete(app.index->catalogue, POLL);
    for (unsigned form = 0; form < HUB_FORMS; form++) {
        struct frame *f = live_encode(&app, POLL, form, 5);
        struct buf want = {0};

        if (form & FORM_SSE)
            buf_printf(&want, "event: deleted\ndata: %s\n\n", json);
        else
            buf_printf(&want, "\x81%c%s", (char)(sizeof json - 1), json);
        assert_true(f->version == HUB_LAST_VERSION);
        CHECK_EQ_AT("length", f->len, want.len);
        assert_memory_equal(f->data, want.data, want.len);
        frame_unref(f);
        buf_done(&want);
    }
    catalogue_free(app.index->catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_the_state_for_its_audience),
        cmocka_unit_test(the_last_message_says_that_the_poll_is_deleted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
