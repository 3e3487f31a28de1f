#include "picture/fit.h"

#include <assert.h>

/* Lines of some fonts are far apart. */
static const float LINE_SPACING = 0.92F;

static const char ELLIPSIS[] = "\u2026";

static void set_size(PangoLayout *layout, const struct fit_style *style, int size)
{
    PangoFontDescription *font = pango_font_description_new();

    pango_font_description_set_family_static(font, "sans-serif");
    pango_font_description_set_weight(font, style->bold ? PANGO_WEIGHT_BOLD
                                                        : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, (double)size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
}

static bool fits(PangoLayout *layout, struct fit_box box)
{
    int width, height;

    pango_layout_get_pixel_size(layout, &width, &height);
    return width <= box.width && height <= box.height;
}

/* Show the first n characters of the text, and that there were more. */
static void set_cut(PangoLayout *layout, const char *text, int n)
{
    GString *cut = g_string_new_len(text, g_utf8_offset_to_pointer(text, n) - text);

    while (cut->len > 0 && cut->str[cut->len - 1] == ' ')
        g_string_truncate(cut, cut->len - 1);
    g_string_append(cut, ELLIPSIS);
    pango_layout_set_text(layout, cut->str, (int)cut->len);
    g_string_free(cut, TRUE);
}

/* Where a line may end inside of the layout's text, as numbers of characters. */
static int find_breaks(PangoLayout *layout, int breaks[FIT_CHARS])
{
    int n_attrs, n = 0;
    const PangoLogAttr *attrs = pango_layout_get_log_attrs_readonly(layout, &n_attrs);

    for (int i = 1; i < n_attrs - 1 && n < FIT_CHARS; i++)
        if (attrs[i].is_line_break)
            breaks[n++] = i;
    return n;
}

/* Cut after the last word that leaves room for the ellipsis. False: not even the first
 * one does. */
static bool cut_between_words(PangoLayout *layout, const char *text, struct fit_box box)
{
    int breaks[FIT_CHARS], low = 0, high = find_breaks(layout, breaks);

    while (low < high) { /* the first low fit, those from high on do not */
        int middle = (low + high) / 2;

        set_cut(layout, text, breaks[middle]);
        if (fits(layout, box))
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0)
        set_cut(layout, text, breaks[low - 1]);
    return low > 0;
}

static void cut_inside_word(PangoLayout *layout, const char *text, struct fit_box box)
{
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_height(layout, box.height * PANGO_SCALE);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
}

/* Valid UTF-8, and no longer than may be laid out; g_free() it. */
static char *sound_text(struct str text)
{
    char *sound = g_utf8_make_valid(text.len > 0 ? text.at : "", (gssize)text.len);

    if (g_utf8_strlen(sound, -1) > FIT_CHARS)
        *g_utf8_offset_to_pointer(sound, FIT_CHARS) = '\0';
    return sound;
}

static PangoLayout *layout_new(PangoContext *context, const char *text, int width)
{
    PangoLayout *layout = pango_layout_new(context);

    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD);
    pango_layout_set_line_spacing(layout, LINE_SPACING);
    pango_layout_set_width(layout, width * PANGO_SCALE);
    pango_layout_set_text(layout, text, -1);
    return layout;
}

PangoLayout *fit_text(PangoContext *context, struct str text,
                      const struct fit_style *style, struct fit_box box)
{
    char *sound = sound_text(text);
    PangoLayout *layout = layout_new(context, sound, box.width);
    bool fit = false;

    assert(style->sizes[0] != 0);
    for (int i = 0; !fit && i < FIT_SIZES && style->sizes[i] != 0; i++) {
        set_size(layout, style, style->sizes[i]);
        fit = fits(layout, box);
    }
    if (!fit && !cut_between_words(layout, sound, box))
        cut_inside_word(layout, sound, box);
    g_free(sound);
    return layout;
}

bool fit_is_rtl(PangoLayout *layout)
{
    const PangoLayoutLine *line = pango_layout_get_line_readonly(layout, 0);

    return line != NULL && line->resolved_dir == PANGO_DIRECTION_RTL;
}

/* ---- for sanitizers ----
 *
 * Fontconfig keeps a few hundred bytes until the process ends, and loses its pointer to
 * them. Pango asks it in threads of its own, and hands the fonts over under GLib's
 * locks, which ThreadSanitizer does not see. Only what these libraries call is exempt.
 * The runtime of a sanitizer finds these functions by name. */

const char *__lsan_default_options(void);
const char *__lsan_default_suppressions(void);
const char *__tsan_default_suppressions(void);

const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}

const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig.so\n";
}

const char *__tsan_default_suppressions(void)
{
    return "called_from_lib:libfontconfig.so\n"
           "called_from_lib:libpangoft2-1.0.so\n"
           "called_from_lib:libpangocairo-1.0.so\n"
           "called_from_lib:libpango-1.0.so\n"
           "called_from_lib:libglib-2.0.so\n"
           "called_from_lib:libgobject-2.0.so\n"
           "called_from_lib:libharfbuzz.so\n"
           "called_from_lib:libcairo.so\n";
}
