/* test_trace.c — what the log says of a request, and what it must not say. */
#include "lib/check.h"

#include <stdlib.h>
#include <unistd.h>

#include "app/trace.h"

static const struct http_req request = {
    .method = HTTP_PATCH_,
    .target = {"/api/users/me?token=hush", 24},
    .path = {"/api/users/me", 13},
    .query = {"token=hush", 10},
    .body = {"{\"password\":\"hush\"}", 19},
    .id = {"id-7", 4},
};

/* What was logged of one request at a level, as JSON. */
static size_t logged(enum log_level level, char *out, size_t size)
{
    struct log log;
    int fds[2];
    ssize_t n;

    assert_int_equal(pipe(fds), 0);
    log_init(&log, fds[1], level, LOG_FORMAT_JSON);
    trace_end(trace_new(&log, &request), &log, 12, 204, 345);
    close(fds[1]);
    n = read(fds[0], out, size - 1);
    assert_true(n >= 0);
    out[n] = '\0';
    close(fds[0]);
    return (size_t)n;
}

static void at_debug_a_request_is_one_line(void **state)
{
    char line[1024];

    (void)state;
    assert_true(logged(LOG_DEBUG, line, sizeof line) > 0);
    CHECK_HAS(str_of(line), "\"level\":\"debug\",\"event\":\"request\",\"method\":"
                            "\"PATCH\",\"path\":\"/api/users/me\",\"status\":204,"
                            "\"us\":");
    CHECK_HAS(str_of(line), ",\"bytes\":345,\"user\":12,\"request_id\":\"id-7\"}\n");
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void the_query_and_the_body_are_not_logged(void **state)
{
    char line[1024];

    (void)state;
    logged(LOG_DEBUG, line, sizeof line);
    assert_null(strstr(line, "hush"));
}

static void at_info_it_is_nothing(void **state)
{
    char line[1024];
    struct log log;

    (void)state;
    assert_int_equal(logged(LOG_INFO, line, sizeof line), 0);
    log_init(&log, STDERR_FILENO, LOG_INFO, LOG_FORMAT_JSON);
    assert_null(trace_new(&log, &request)); /* nor is anything kept for it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_debug_a_request_is_one_line),
        cmocka_unit_test(the_query_and_the_body_are_not_logged),
        cmocka_unit_test(at_info_it_is_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
