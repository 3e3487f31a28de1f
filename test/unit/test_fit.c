/* test_fit.c — text made to fit a box. Any font will do: nothing depends on widths. */
#include "lib/check.h"

#include <pango/pangocairo.h>

#include "picture/fit.h"

static const struct fit_style STYLE = {{64, 32, 16}, false};

struct desk {
    PangoFontMap *fonts;
    PangoContext *context;
};

static int set_up(void **state)
{
    static struct desk d;

    d.fonts = pango_cairo_font_map_new();
    d.context = pango_font_map_create_context(d.fonts);
    *state = &d;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *d = *state;

    g_object_unref(d->context);
    g_object_unref(d->fonts);
    return 0;
}

static int size_of(PangoLayout *layout)
{
    return pango_font_description_get_size(pango_layout_get_font_description(layout)) /
           PANGO_SCALE;
}

static void check_inside(const char *why, PangoLayout *layout, struct fit_box box)
{
    int width, height;

    pango_layout_get_pixel_size(layout, &width, &height);
    CHECK_AT(why, width <= box.width);
    CHECK_AT(why, height <= box.height);
}

static void gets_smaller_before_it_is_cut(void **state)
{
    const struct fit_box wide = {1000, 100}, narrow = {1000, 40};
    struct desk *d = *state;
    PangoLayout *large = fit_text(d->context, STR("Tea"), &STYLE, wide);
    PangoLayout *small = fit_text(d->context, STR("Tea"), &STYLE, narrow);

    assert_int_equal(size_of(large), 64);
    assert_true(size_of(small) < 64);
    check_inside("small", small, narrow);
    assert_string_equal(pango_layout_get_text(small), "Tea");
    g_object_unref(large);
    g_object_unref(small);
}

static void cuts_between_words(void **state)
{
    static const char text[] = "several quite ordinary words that need more room";
    struct desk *d = *state;

    for (int width = 150; width < 400; width += 50) {
        const struct fit_box box = {width, 24};
        PangoLayout *layout = fit_text(d->context, str_of(text), &STYLE, box);
        const char *shown = pango_layout_get_text(layout);
        const char *end = strstr(shown, "\u2026");
        size_t kept;

        assert_non_null(end);
        kept = (size_t)(end - shown);
        assert_true(kept > 0 && strncmp(shown, text, kept) == 0);
        assert_int_equal(text[kept], ' '); /* whole words, no space before the end */
        assert_int_equal(size_of(layout), 16);
        check_inside("cut", layout, box);
        g_object_unref(layout);
    }
}

static void takes_any_text(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "\n\n",
        "a\nb\r\nc",
        "\xff\xfe",
        "abc\xc3",
        "\xed\xa0\x80",
        "%s%n",
        "<b>&amp;</b>",
        "\u202e\u2066x",
        "\u0301\u0301\u0301",
        "\u05d0\u0628\u0e01",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    };
    const struct fit_box box = {200, 30};
    struct desk *d = *state;

    for (size_t i = 0; i < LENGTH(texts); i++) {
        PangoLayout *layout = fit_text(d->context, str_of(texts[i]), &STYLE, box);

        CHECK_AT(texts[i], g_utf8_validate(pango_layout_get_text(layout), -1, NULL));
        g_object_unref(layout);
    }
}

/* However long a text is, only so much of it is laid out. */
static void a_long_text_is_cut_first(void **state)
{
    const struct fit_box box = {1000, 30};
    struct desk *d = *state;
    struct buf text = {0};
    PangoLayout *layout;

    for (int i = 0; i < 100000; i++)
        buf_text(&text, "e\u0301");
    layout = fit_text(d->context, buf_str(&text), &STYLE, box);
    assert_true(pango_layout_get_character_count(layout) <= FIT_CHARS);
    check_inside("one word", layout, box);
    g_object_unref(layout);
    buf_done(&text);
}

static void knows_where_a_text_begins(void **state)
{
    const struct fit_box box = {1000, 100};
    struct desk *d = *state;
    PangoLayout *arabic = fit_text(d->context, STR("\u0645\u0627 C++?"), &STYLE, box);
    PangoLayout *latin =
        fit_text(d->context, STR("What is \u0645\u0627?"), &STYLE, box);
    PangoLayout *number = fit_text(d->context, STR("60.6 %"), &STYLE, box);

    assert_true(fit_is_rtl(arabic));
    assert_false(fit_is_rtl(latin));
    assert_false(fit_is_rtl(number));
    g_object_unref(arabic);
    g_object_unref(latin);
    g_object_unref(number);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gets_smaller_before_it_is_cut),
        cmocka_unit_test(cuts_between_words),
        cmocka_unit_test(takes_any_text),
        cmocka_unit_test(a_long_text_is_cut_first),
        cmocka_unit_test(knows_where_a_text_begins),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
