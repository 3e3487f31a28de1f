/* test_frame.c — bytes that are made once and sent to many. */
#include "lib/check.h"

#include <pthread.h>

#include "base/frame.h"

static void keeps_a_copy_of_its_bytes_and_its_version(void **state)
{
    char bytes[] = "abc";
    struct frame *f = frame_new(bytes, 3, 12);
    (void)state;

    bytes[0] = 'x';
    assert_int_equal(f->len, 3);
    assert_int_equal(f->version, 12);
    assert_memory_equal(f->data, "abc", 3);
    assert_null(frame_unref(f));
    assert_null(frame_unref(NULL));
    frame_unref(frame_new(NULL, 0, 0));
}

static void lives_as_long_as_its_last_reference(void **state)
{
    struct frame *f = frame_new("abc", 3, 1);
    (void)state;

    assert_ptr_equal(frame_ref(f), f);
    assert_int_equal(f->refs, 2);
    frame_unref(f);
    assert_int_equal(f->refs, 1);
    assert_memory_equal(f->data, "abc", 3); /* the sanitizer would know */
    frame_unref(f);
}

enum { THREADS = 4, ROUNDS = 20000 };

/* Takes and drops references, reading in between, and then drops the one it was given.
 */
static void *use(void *arg)
{
    struct frame *f = arg;
    bool same = true;

    for (int i = 0; i < ROUNDS; i++) {
        struct frame *mine = frame_ref(f);

        same = same && mine->data[0] == 'a';
        frame_unref(mine);
    }
    frame_unref(f);
    return same ? NULL : arg;
}

/* Under TSan and ASan: nobody frees what another still reads, and the last one frees.
 */
static void references_may_be_dropped_on_any_thread(void **state)
{
    struct frame *f = frame_new("abc", 3, 1);
    pthread_t threads[THREADS];
    (void)state;

    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use, frame_ref(f)), 0);
    frame_unref(f);
    for (int i = 0; i < THREADS; i++) {
        void *wrong;

        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_a_copy_of_its_bytes_and_its_version),
        cmocka_unit_test(lives_as_long_as_its_last_reference),
        cmocka_unit_test(references_may_be_dropped_on_any_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
