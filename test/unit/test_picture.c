/* test_picture.c — polls drawn as pictures, and the lane that draws them. */
#include "lib/check.h"

#include <semaphore.h>

#include "base/err.h"
#include "base/mem.h"
#include "picture/painter.h"
#include "picture/pictures.h"

static struct poll poll_with(struct str title, uint32_t n_options)
{
    struct poll p = {.id = 7, .title = title};

    p.rules.n_options = n_options;
    for (uint32_t i = 0; i < n_options; i++)
        p.options[i] = i % 2 == 0 ? STR("Yes, of course") : STR("No");
    return p;
}

static struct result result_of(const struct poll *p, uint32_t first, uint32_t second)
{
    struct result r = {.poll = p->id, .version = 1 + first + second};

    r.n_options = p->rules.n_options;
    r.counts[0] = first;
    r.counts[1] = second;
    r.total = first + second;
    return r;
}

/* ---- the painter ---- */

static uint32_t number_at(const struct buf *b, size_t at)
{
    const unsigned char *p = (const unsigned char *)b->data + at;

    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void check_png(const char *why, const struct buf *png)
{
    CHECK_AT(why, png->len > 1000 && png->len < 300000);
    CHECK_AT(why, memcmp(png->data, "\x89PNG\r\n\x1a\n", 8) == 0);
    CHECK_EQ_AT(why, number_at(png, 16), 1200); /* in the first chunk, IHDR */
    CHECK_EQ_AT(why, number_at(png, 20), 630);
}

static void drawn(const struct poll *p, const struct result *r, struct buf *ret)
{
    struct painter *painter = painter_new();

    assert_int_equal(painter_draw(painter, p, r, ret), 0);
    assert_null(painter_free(painter));
    check_png(__func__, ret);
}

static void shows_the_result_or_nothing_of_it(void **state)
{
    struct poll p = poll_with(STR("Tea?"), 2);
    struct result none = result_of(&p, 0, 0), some = result_of(&p, 2, 1),
                  other = result_of(&p, 1, 2);
    struct buf hidden = {0}, a = {0}, b = {0}, c = {0}, again = {0};
    (void)state;

    drawn(&p, NULL, &hidden);
    drawn(&p, &none, &a);
    drawn(&p, &some, &b);
    drawn(&p, &other, &c);
    drawn(&p, &some, &again);
    assert_true(str_eq(buf_str(&b), buf_str(&again)));
    assert_false(str_eq(buf_str(&hidden), buf_str(&a)));
    assert_false(str_eq(buf_str(&a), buf_str(&b)));
    assert_false(str_eq(buf_str(&b), buf_str(&c)));
    buf_done(&hidden);
    buf_done(&a);
    buf_done(&b);
    buf_done(&c);
    buf_done(&again);
}

static void shows_question_and_options(void **state)
{
    struct poll tea = poll_with(STR("Tea?"), 2), coffee = poll_with(STR("Coffee?"), 2);
    struct poll other = tea;
    struct buf a = {0}, b = {0}, c = {0};
    (void)state;

    other.options[1] = STR("Never");
    drawn(&tea, NULL, &a);
    drawn(&coffee, NULL, &b);
    drawn(&other, NULL, &c);
    assert_false(str_eq(buf_str(&a), buf_str(&b)));
    assert_false(str_eq(buf_str(&a), buf_str(&c)));
    buf_done(&a);
    buf_done(&b);
    buf_done(&c);
}

static void draws_any_text_and_number_of_options(void **state)
{
    static const char *const titles[] = {
        "",
        "\xff\xc3",
        "x\n\ny",
        "\u0645\u0627 \u0647\u064a?",
        "\u8a00\u8a9e",
        "\u0e44\u0e17\u0e22",
        "\U0001f389",
        "a\u0301\u0301\u0301\u0301\u0301",
    };
    struct painter *painter = painter_new();
    (void)state;

    for (uint32_t n = 2; n <= LIMIT_OPTIONS; n += 3) {
        const char *title = titles[n / 3 % LENGTH(titles)];
        struct poll p = poll_with(str_of(title), n);
        struct result r = result_of(&p, UINT32_MAX / 2, 1);
        struct buf png = {0};

        p.options[1] = str_of(title);
        CHECK_EQ_AT(title, painter_draw(painter, &p, n % 2 == 0 ? &r : NULL, &png), 0);
        check_png(title, &png);
        buf_done(&png);
    }
    painter_free(painter);
}

/* ---- the lane ---- */

struct asked {
    struct picture_ask ask; /* first */
    sem_t *home;
};

static void on_home(struct mail *m)
{
    sem_post(((struct asked *)m)->home);
}

static struct asked asked_for(struct poll *p, uint64_t version, sem_t *home)
{
    struct asked a = {.home = home};

    a.ask.mail.on_home = on_home;
    a.ask.poll = p;
    a.ask.version = version;
    return a;
}

/* A reference to the picture. */
static struct picture *get(struct pictures *lane, struct poll *p, uint64_t version)
{
    sem_t home;
    struct asked a = asked_for(p, version, &home);

    sem_init(&home, 0, 0);
    assert_int_equal(pictures_submit(lane, &a.ask), 0);
    while (sem_wait(&home) != 0)
        ;
    sem_destroy(&home);
    assert_int_equal(a.ask.rc, 0);
    assert_non_null(a.ask.picture);
    return a.ask.picture;
}

static void whoever_asks_for_the_same_gets_the_same(void **state)
{
    struct poll p = poll_with(STR("Tea?"), 2), other = p;
    struct pictures *lane;
    struct picture *first, *again;
    (void)state;

    other.id = 8;
    assert_int_equal(pictures_start(PICTURES_WAITING, &lane), 0);
    first = get(lane, &p, 3);
    again = get(lane, &p, 3);
    assert_ptr_equal(first, again);
    assert_int_equal(pictures_figures(lane).drawn, 1);
    assert_int_equal(pictures_figures(lane).found, 1);
    picture_unref(again);
    picture_unref(get(lane, &p, 4));
    picture_unref(get(lane, &other, 3));
    assert_int_equal(pictures_figures(lane).drawn, 3);
    assert_null(pictures_stop(lane));
    assert_memory_equal(first->png, "\x89PNG", 4); /* outlives the lane */
    picture_unref(first);
    picture_unref(NULL);
}

/* The same number counts for itself, visible and hidden; no count is in a hidden one.
 */
static void hidden_is_not_visible(void **state)
{
    struct poll p = poll_with(STR("Tea?"), 2);
    sem_t home;
    struct asked asks[3];
    struct pictures *lane;
    (void)state;

    sem_init(&home, 0, 0);
    assert_int_equal(pictures_start(PICTURES_WAITING, &lane), 0);
    for (uint32_t i = 0; i < 3; i++) {
        asks[i] = asked_for(&p, 5 + i / 2, &home);
        asks[i].ask.result = result_of(&p, 9, i);
        asks[i].ask.shown = i == 1;
        assert_int_equal(pictures_submit(lane, &asks[i].ask), 0);
    }
    pictures_stop(lane);
    assert_int_not_equal(asks[0].ask.picture->len, asks[1].ask.picture->len);
    assert_int_equal(asks[0].ask.picture->len, asks[2].ask.picture->len);
    assert_memory_equal(asks[0].ask.picture->png, asks[2].ask.picture->png,
                        asks[0].ask.picture->len);
    for (uint32_t i = 0; i < 3; i++)
        picture_unref(asks[i].ask.picture);
    sem_destroy(&home);
}

static void keeps_those_used_last(void **state)
{
    struct poll p = poll_with(STR("Tea?"), 2);
    struct pictures *lane;
    (void)state;

    assert_int_equal(pictures_start(PICTURES_WAITING, &lane), 0);
    for (uint64_t version = 1; version <= PICTURES_KEPT; version++)
        picture_unref(get(lane, &p, version));
    picture_unref(get(lane, &p, 1));
    picture_unref(get(lane, &p, PICTURES_KEPT + 1)); /* in the place of 2 */
    assert_int_equal(pictures_figures(lane).drawn, PICTURES_KEPT + 1);
    picture_unref(get(lane, &p, 1));
    picture_unref(get(lane, &p, 3));
    assert_int_equal(pictures_figures(lane).drawn, PICTURES_KEPT + 1);
    picture_unref(get(lane, &p, 2));
    assert_int_equal(pictures_figures(lane).drawn, PICTURES_KEPT + 2);
    pictures_stop(lane);
}

/* They ask for what waits behind another drawing, so some wait for it together. */
static void those_who_wait_for_the_same_draw_it_once(void **state)
{
    enum { CROWD = 200 };
    struct poll p = poll_with(STR("Tea?"), 2);
    sem_t home;
    struct asked *asks = mem_zalloc(CROWD, sizeof *asks);
    struct pictures *lane;
    (void)state;

    sem_init(&home, 0, 0);
    assert_int_equal(pictures_start(2, &lane), 0);
    for (size_t i = 0; i < CROWD; i++) {
        asks[i] = asked_for(&p, i == 0 ? 1 : 2, &home);
        assert_int_equal(pictures_submit(lane, &asks[i].ask), 0);
    }
    for (size_t i = 0; i < CROWD; i++)
        while (sem_wait(&home) != 0)
            ;
    assert_int_equal(pictures_figures(lane).drawn, 2);
    assert_int_equal(pictures_figures(lane).found, CROWD - 2);
    assert_int_equal(pictures_figures(lane).waiting, 0);
    for (size_t i = 0; i < CROWD; i++) {
        assert_ptr_equal(asks[i].ask.picture, asks[i == 0 ? 0 : 1].ask.picture);
        assert_int_equal(asks[i].ask.rc, 0);
    }
    pictures_stop(lane);
    for (size_t i = 0; i < CROWD; i++)
        picture_unref(asks[i].ask.picture);
    mem_free(asks);
    sem_destroy(&home);
}

static void a_full_queue_refuses(void **state)
{
    enum { MOST = 100 };
    struct poll p = poll_with(STR("Tea?"), 2);
    sem_t home;
    struct asked *asks = mem_zalloc(MOST, sizeof *asks);
    struct pictures *lane;
    int rc = 0;
    size_t n = 0;
    (void)state;

    sem_init(&home, 0, 0);
    assert_int_equal(pictures_start(1, &lane), 0);
    for (; rc == 0 && n < MOST; n++) { /* drawing takes far longer than asking */
        asks[n] = asked_for(&p, n + 1, &home);
        rc = pictures_submit(lane, &asks[n].ask);
    }
    assert_int_equal(rc, ERR_OVERLOADED);
    assert_int_equal(pictures_figures(lane).refused, 1);
    pictures_stop(lane); /* answers the others */
    for (size_t i = 0; i < n - 1; i++) {
        assert_non_null(asks[i].ask.picture);
        picture_unref(asks[i].ask.picture);
    }
    mem_free(asks);
    sem_destroy(&home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_the_result_or_nothing_of_it),
        cmocka_unit_test(shows_question_and_options),
        cmocka_unit_test(draws_any_text_and_number_of_options),
        cmocka_unit_test(whoever_asks_for_the_same_gets_the_same),
        cmocka_unit_test(hidden_is_not_visible),
        cmocka_unit_test(keeps_those_used_last),
        cmocka_unit_test(those_who_wait_for_the_same_draw_it_once),
        cmocka_unit_test(a_full_queue_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
