/* contract_store_search.c — what every store promises (store.h) about search. */
#include "lib/check.h"

#include "lib/store_world.h"

static uint32_t add_text(struct world *w, const char *title, const char *first,
                         const char *second, const char *tag)
{
    struct poll p = {.created_ms = T0,
                     .title = str_of(title),
                     .options = {str_of(first), str_of(second)},
                     .tags = {str_of(tag)},
                     .n_tags = 1,
                     .rules = {.owner_id = w->owner, .n_options = 2}};
    uint32_t id;

    begin(w);
    assert_int_equal(w->s->ops->poll_add(w->s, &p, &id), 0);
    commit(w);
    return id;
}

static void check_search(struct world *w, const char *why, struct str query, size_t max,
                         const char *want)
{
    struct buf out = {0};

    assert_int_equal(w->s->ops->search(w->s, query, max, add_id, &out), 0);
    CHECK_STR_AT(why, buf_str(&out), want);
    buf_done(&out);
}

static void polls_are_found_by_their_words(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *why;
        struct str query;
        const char *want;
    } rows[] = {
        {"a word of the title", STR("favourite"), "2 1 "},
        {"of an option", STR("go"), "1 "},
        {"a tag", STR("food"), "2 "},
        {"a part of a tag", STR("machine"), "3 "},
        {"a tag as it is written", STR("machine-learning"), "3 "},
        {"in capitals", STR("FAVOURITE"), "2 1 "},
        {"without its accents", STR("cafe"), "2 "},
        {"with accents it does not have", STR("l\u00e1nguage"), "1 "},
        {"all words, wherever", STR("go favourite"), "1 "},
        {"one of them missing", STR("favourite rust"), ""},
        {"the beginning of the last", STR("favourite lang"), "1 "},
        {"not of another", STR("favour language"), ""},
        {"one letter", STR("c"), "2 1 "},
        {"not the middle of a word", STR("anguage"), ""},
        {"nothing", STR(""), ""},
        {"blanks", STR(" \t\n"), ""},
        {"signs only", STR("!!! ** \"\""), ""},
        {"signs among words", STR("?? favourite !! go"), "1 "},
        {"a sign at the end of a word", STR("language?"), "1 "},
        {"a quote", STR("\"favourite"), "2 1 "},
        {"the index's own words", STR("favourite OR go"), ""},
        {"its operators", STR("fav*"), "2 1 "},
        {"its columns", STR("title:favourite"), ""},
        {"its brackets", STR("(favourite)"), "2 1 "},
        {"a minus is no no", STR("-favourite"), "2 1 "},
        {"a caret", STR("^your"), "2 1 "},
        {"a zero byte is a gap", STR("go\0favourite"), "1 "},
        {"Han inside a sentence", STR("\u8a00\u8a9e"), "4 "},
        {"not in another order", STR("\u8a9e\u8a00"), ""},
        {"not across two options", STR("\u9ea6\u996d"), ""},
        {"Han, simplified", STR("\u7f16\u7a0b"), "4 "},
        {"Thai", STR("\u0e44\u0e17\u0e22"), "4 "},
        {"Thai, its beginning", STR("\u0e44\u0e17"), "4 "},
        {"without sharp s", STR("strasse"), "5 "},
        {"with sharp s", STR("STRA\u1e9eE"), "5 "},
        {"without Greek accents", STR("\u0395\u03bb\u03bb\u03b1\u03b4\u03b1"), "5 "},
        {"in Greek capitals", STR("\u0395\u039b\u039b\u0391\u0394\u0391"), "5 "},
        {"the beginning of one", STR("\u03b5\u03bb\u03bb"), "5 "},
        {"an emoji", STR("\U0001f355"), "5 "},
        {"of another colour", STR("\U0001f44d\U0001f3ff"), "5 "},
        {"full width", STR("\uff23\uff21\uff26\uff25"), "2 "},
    };

    assert_int_equal(add_text(w, "Your favourite language?", "C", "Go", "programming"),
                     1);
    assert_int_equal(add_text(w, "Your favourite drink", "Caf\u00e9", "Tea", "food"),
                     2);
    assert_int_equal(add_text(w, "Nets?", "Deep", "Flat", "machine-learning"), 3);
    assert_int_equal(add_text(w, "\u597d\u304d\u306a\u8a00\u8a9e\u306f\uff1f",
                              "\u5b66\u7f16\u7a0b\u9ea6",
                              "\u996d\u0e20\u0e32\u0e29\u0e32"
                              "\u0e44\u0e17\u0e22",
                              "x"),
                     4);
    assert_int_equal(add_text(w, "Stra\u00dfe", "\u0395\u03bb\u03bb\u03ac\u03b4\u03b1",
                              "Pizza\U0001f355 \U0001f44d\U0001f3fd", "x"),
                     5);
    for (size_t i = 0; i < LENGTH(rows); i++)
        check_search(w, rows[i].why, rows[i].query, 9, rows[i].want);
    check_search(w, "the newest are kept", STR("favourite"), 1, "2 ");
    check_search(w, "none wanted", STR("favourite"), 0, "");
}

static void a_query_of_many_words_is_no_trouble(void **state)
{
    struct world *w = *state;
    struct buf query = {0};

    add_text(w, "Your favourite language?", "C", "Go", "x");
    for (int i = 0; i < 2000; i++)
        buf_text(&query, "go ");
    check_search(w, "2,000 words", buf_str(&query), 9, "1 ");
    buf_done(&query);
}

static void a_deleted_poll_is_not_found(void **state)
{
    struct world *w = *state;
    uint32_t a = add_text(w, "Same words", "yes", "no", "x");

    add_text(w, "Same words", "yes", "no", "x");
    PROJECT(w, closing(a, T0 + 5));
    check_search(w, "closed", STR("same yes"), 9, "2 1 ");
    PROJECT(w, deletion(a));
    check_search(w, "deleted", STR("same yes"), 9, "2 ");
    verified(w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WORLD_TEST(polls_are_found_by_their_words),
        WORLD_TEST(a_query_of_many_words_is_no_trouble),
        WORLD_TEST(a_deleted_poll_is_not_found),
    };

    return world_run(tests, LENGTH(tests));
}
