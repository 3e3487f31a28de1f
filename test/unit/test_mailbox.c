/* test_mailbox.c — how threads hand work to each other. */
#include "lib/check.h"

#include <pthread.h>
#include <semaphore.h>

#include "base/err.h"
#include "base/mailbox.h"
#include "lib/ends.h"

struct letter {
    struct mail mail; /* first: the letter is found by a cast from it */
    int writer, number, opened;
};

static void count_wake(void *user)
{
    ++*(int *)user;
}

static void takes_everything_oldest_first(void **state)
{
    struct letter letters[3] = {{.number = 0}, {.number = 1}, {.number = 2}};
    struct mailbox box;
    struct mail *m;
    int wakes = 0, n = 0;
    (void)state;

    mailbox_init(&box, 0, count_wake, &wakes);
    assert_null(mailbox_take(&box));
    for (size_t i = 0; i < LENGTH(letters); i++)
        assert_int_equal(mailbox_put(&box, &letters[i].mail), 0);
    assert_int_equal(mailbox_waiting(&box), 3);
    for (m = mailbox_take(&box); m != NULL; m = m->next)
        assert_int_equal(((struct letter *)m)->number, n++);
    assert_int_equal(n, 3);
    assert_int_equal(mailbox_waiting(&box), 0);
    assert_null(mailbox_take(&box));
}

static void wakes_the_owner_once_a_batch(void **state)
{
    struct letter letters[3] = {{.number = 0}};
    struct mailbox box;
    int wakes = 0;
    (void)state;

    mailbox_init(&box, 0, count_wake, &wakes);
    mailbox_put(&box, &letters[0].mail);
    assert_int_equal(wakes, 1);
    mailbox_put(&box, &letters[1].mail);
    mailbox_force(&box, &letters[2].mail);
    assert_int_equal(wakes, 1);
    mailbox_take(&box);
    mailbox_put(&box, &letters[0].mail);
    assert_int_equal(wakes, 2);
}

static void refuses_beyond_its_cap_until_it_is_emptied(void **state)
{
    struct letter letters[4] = {{.number = 0}};
    struct mailbox box;
    int wakes = 0;
    (void)state;

    mailbox_init(&box, 2, count_wake, &wakes);
    assert_int_equal(mailbox_put(&box, &letters[0].mail), 0);
    assert_int_equal(mailbox_put(&box, &letters[1].mail), 0);
    assert_int_equal(mailbox_put(&box, &letters[2].mail), ERR_OVERLOADED);
    assert_int_equal(mailbox_waiting(&box), 2);
    mailbox_force(&box, &letters[3].mail); /* what may not be refused */
    assert_int_equal(mailbox_waiting(&box), 3);

    mailbox_take(&box);
    assert_int_equal(mailbox_refused(&box), 1);
    assert_int_equal(mailbox_put(&box, &letters[2].mail), 0);
    assert_int_equal(mailbox_refused(&box), 1);
}

static void open_letter(struct mail *m)
{
    static int order;
    struct letter *l = (struct letter *)m;

    l->opened = ++order;
    m->next = (struct mail *)-1; /* as a letter that is freed: nobody may follow it */
}

static void mail_goes_home_past_the_cap_and_is_opened_in_order(void **state)
{
    struct letter letters[2];
    struct mailbox home;
    struct letter stray = {.mail = {.on_home = open_letter}};
    int wakes = 0;
    (void)state;

    mailbox_init(&home, 1, count_wake, &wakes);
    for (size_t i = 0; i < LENGTH(letters); i++) {
        letters[i] = (struct letter){.mail = {.home = &home, .on_home = open_letter}};
        mail_return(&letters[i].mail);
    }
    mail_return(&stray.mail); /* has no home: it is opened here */
    assert_int_not_equal(stray.opened, 0);
    assert_int_equal(letters[0].opened, 0);
    mail_open_all(mailbox_take(&home));
    assert_true(letters[0].opened != 0 && letters[0].opened < letters[1].opened);
    mail_open_all(NULL);
}

enum { WRITERS = 3, LETTERS = 20000, CAP = 64 };

struct post {
    struct mailbox box;
    sem_t awake;
    struct letter letters[WRITERS][LETTERS];
};

struct writer {
    struct post *post;
    int number;
};

static void post_sem(void *user)
{
    sem_post(user);
}

static void *write_letters(void *arg)
{
    struct writer *w = arg;

    for (int i = 0; i < LETTERS; i++) {
        struct letter *l = &w->post->letters[w->number][i];

        l->writer = w->number;
        l->number = i;
        while (mailbox_put(&w->post->box, &l->mail) != 0)
            sched_yield(); /* refused: the letter is still ours, so try again */
    }
    return NULL;
}

/* Many writers, one reader that sleeps until it is woken: nothing is lost, nothing
 * comes twice, each writer's letters keep their order, and no wake-up is missed (else
 * this never ends). */
static void loses_nothing_between_threads(void **state)
{
    static struct post post;
    struct writer writers[WRITERS];
    pthread_t threads[WRITERS];
    int next[WRITERS] = {0};
    (void)state;

    sem_init(&post.awake, 0, 0);
    mailbox_init(&post.box, CAP, post_sem, &post.awake);
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){&post, i};
        assert_int_equal(pthread_create(&threads[i], NULL, write_letters, &writers[i]),
                         0);
    }
    for (int n = 0; n < WRITERS * LETTERS;) {
        sem_wait(&post.awake);
        for (struct mail *m = mailbox_take(&post.box); m != NULL; m = m->next) {
            struct letter *l = (struct letter *)m;

            assert_int_equal(l->number, next[l->writer]++);
            n++;
        }
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    assert_null(mailbox_take(&post.box));
    assert_int_equal(mailbox_waiting(&post.box), 0);
    sem_destroy(&post.awake);
}

static const char letter_kind[] = "letter", bill_kind[] = "bill";

static void open_as_letter(void *mail)
{
    (void)mail_open_as(mail, letter_kind);
}

static void is_opened_as_what_it_was_sent_as_or_not_at_all(void **state)
{
    struct letter l = {.mail.kind = letter_kind};
    (void)state;

    assert_ptr_equal(mail_open_as(&l.mail, letter_kind), &l);
    assert_false(ends_the_program(open_as_letter, &l.mail));
    l.mail.kind = bill_kind;
    assert_true(ends_the_program(open_as_letter, &l.mail));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_everything_oldest_first),
        cmocka_unit_test(wakes_the_owner_once_a_batch),
        cmocka_unit_test(refuses_beyond_its_cap_until_it_is_emptied),
        cmocka_unit_test(mail_goes_home_past_the_cap_and_is_opened_in_order),
        cmocka_unit_test(is_opened_as_what_it_was_sent_as_or_not_at_all),
        cmocka_unit_test(loses_nothing_between_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
