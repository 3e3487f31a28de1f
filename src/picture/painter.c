#include "picture/painter.h"

#include <math.h>
#include <pango/pangocairo.h>

#include "base/err.h"
#include "base/mem.h"
#include "core/percent.h"
#include "picture/fit.h"

/* The layout, in pixels. The card has a frame of the product's colour around it. */
enum {
    FRAME = 24,
    CARD_RADIUS = 32,
    LEFT = 76,
    INNER = PICTURE_WIDTH - 2 * LEFT,
    TOP = 58,
    MARK = 40, /* the product's mark, a square */
    TITLE_TOP = TOP + MARK + 24,
    BOTTOM = 564, /* of the last row */
    ROW_MOST = 76,
    ROW_LEAST = 54,
    ROW_RADIUS = 14,
    GAP = 12,
    TITLE_GAP = 22, /* above the first row */
    PAD = 22,
    CLIP_MARGIN = 8,
    CIRCLE = 11,   /* a radius */
    IN_COLUMN = 5, /* rows */
    SHOWN_MOST = 2 * IN_COLUMN,
};

enum {
    FRAME_TOP,
    FRAME_END,
    CARD,
    ROW,
    BAR,
    BAR_FIRST,
    INK,
    QUIET,
    EDGE,
    WHITE,
    AMBER
};

/* Those of web/src/styles.css, in sRGB. */
static const unsigned colours[] = {
    [FRAME_TOP] = 0x6d4dff, [FRAME_END] = 0x4a2bd6, [CARD] = 0xffffff,
    [ROW] = 0xf0eff8,       [BAR] = 0xd9d5fd,       [BAR_FIRST] = 0xbcb2ff,
    [INK] = 0x1a182a,       [QUIET] = 0x575568,     [EDGE] = 0x7f7e91,
    [WHITE] = 0xffffff,     [AMBER] = 0xffb84d,
};

static const struct fit_style TITLE = {{80, 64, 56, 48, 40, 34}, true};
static const struct fit_style OPTION = {{32, 28, 24}, false};
static const struct fit_style OPTION_FIRST = {{32, 28, 24}, true};
static const struct fit_style NUMBER = {{28}, true};

struct painter {
    PangoFontMap *fonts;
    PangoContext *context;
};

struct canvas {
    cairo_t *cairo;
    PangoContext *context;
    bool rtl;
};

struct area {
    double x, y, width, height;
};

/* An option, or how many there are besides those shown. */
struct row {
    struct str label;
    bool bar;
    bool first; /* has the most votes */
    uint32_t tenths;
};

/* ---- shapes ---- */

static double red_of(unsigned rgb)
{
    return (rgb >> 16 & 0xff) / 255.;
}

static double green_of(unsigned rgb)
{
    return (rgb >> 8 & 0xff) / 255.;
}

static double blue_of(unsigned rgb)
{
    return (rgb & 0xff) / 255.;
}

static void set_colour(const struct canvas *c, int colour)
{
    unsigned rgb = colours[colour];

    cairo_set_source_rgb(c->cairo, red_of(rgb), green_of(rgb), blue_of(rgb));
}

static void add_stop(cairo_pattern_t *pattern, double at, int colour)
{
    unsigned rgb = colours[colour];

    cairo_pattern_add_color_stop_rgb(pattern, at, red_of(rgb), green_of(rgb),
                                     blue_of(rgb));
}

/* Where an area lies that is written from left to right, when all is mirrored. */
static struct area mirrored(const struct canvas *c, struct area a)
{
    if (c->rtl)
        a.x = PICTURE_WIDTH - a.x - a.width;
    return a;
}

static void trace_rounded(const struct canvas *c, struct area a, double radius)
{
    double right = a.x + a.width - radius, bottom = a.y + a.height - radius;

    cairo_new_sub_path(c->cairo);
    cairo_arc(c->cairo, right, a.y + radius, radius, -M_PI_2, 0);
    cairo_arc(c->cairo, right, bottom, radius, 0, M_PI_2);
    cairo_arc(c->cairo, a.x + radius, bottom, radius, M_PI_2, M_PI);
    cairo_arc(c->cairo, a.x + radius, a.y + radius, radius, M_PI, 3 * M_PI_2);
    cairo_close_path(c->cairo);
}

static void fill_rounded(const struct canvas *c, struct area a, double radius,
                         int colour)
{
    trace_rounded(c, a, radius);
    set_colour(c, colour);
    cairo_fill(c->cairo);
}

/* ---- text ---- */

enum place { AT_BEGIN, AT_END }; /* of its area: left and right, unless mirrored */

/* Marks on marks may reach as far as they like. */
static void clip_text(const struct canvas *c, struct area a)
{
    cairo_rectangle(c->cairo, a.x - CLIP_MARGIN, a.y - CLIP_MARGIN,
                    a.width + 2 * CLIP_MARGIN, a.height + 2 * CLIP_MARGIN);
    cairo_clip(c->cairo);
}

/* Show a layout of the area's width, and end it. Returns the width of its text. */
static int show(const struct canvas *c, PangoLayout *layout, struct area a,
                enum place place, int colour)
{
    bool other_side = (place == AT_END) != (fit_is_rtl(layout) != c->rtl);
    PangoRectangle text;

    /* To Pango, left is where the text begins. */
    pango_layout_set_alignment(layout,
                               other_side ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    pango_layout_get_pixel_extents(layout, NULL, &text);
    a = mirrored(c, a);
    cairo_save(c->cairo);
    clip_text(c, a);
    set_colour(c, colour);
    cairo_move_to(c->cairo, a.x, a.y + (a.height - text.height) / 2.);
    pango_cairo_show_layout(c->cairo, layout);
    cairo_restore(c->cairo);
    g_object_unref(layout);
    return text.width;
}

static PangoLayout *fit(const struct canvas *c, struct str text,
                        const struct fit_style *style, struct area a)
{
    return fit_text(c->context, text, style,
                    (struct fit_box){(int)a.width, (int)a.height});
}

/* "12 345", with thin spaces. */
static void write_number(struct buf *out, uint32_t n)
{
    if (n >= 1000) {
        write_number(out, n / 1000);
        buf_printf(out, "\u2009%03u", n % 1000);
    } else {
        buf_u64(out, n);
    }
}

/* ---- parts of the picture ---- */

static void draw_ground(const struct canvas *c)
{
    const struct area card = {FRAME, FRAME, PICTURE_WIDTH - 2 * FRAME,
                              PICTURE_HEIGHT - 2 * FRAME};
    cairo_pattern_t *frame =
        cairo_pattern_create_linear(0, 0, PICTURE_WIDTH, PICTURE_HEIGHT);

    add_stop(frame, 0, FRAME_TOP);
    add_stop(frame, 1, FRAME_END);
    cairo_set_source(c->cairo, frame);
    cairo_paint(c->cairo);
    cairo_pattern_destroy(frame);
    fill_rounded(c, card, CARD_RADIUS, CARD);
}

/* As web/public/favicon.svg, of 64 units. */
static void draw_mark(const struct canvas *c)
{
    static const struct {
        struct area bar;
        int colour;
    } bars[] = {
        {{14, 30, 9, 20}, BAR}, {{27.5, 14, 9, 36}, WHITE}, {{41, 23, 9, 27}, AMBER}};
    const struct area place = mirrored(c, (struct area){LEFT, TOP, MARK, MARK});

    cairo_save(c->cairo);
    cairo_translate(c->cairo, place.x, place.y);
    cairo_scale(c->cairo, MARK / 64., MARK / 64.);
    fill_rounded(c, (struct area){0, 0, 64, 64}, 16, FRAME_END);
    for (size_t i = 0; i < sizeof bars / sizeof *bars; i++)
        fill_rounded(c, bars[i].bar, 4.5, bars[i].colour);
    cairo_restore(c->cairo);
}

static void draw_name(const struct canvas *c)
{
    const struct area a = {LEFT + MARK + 14, TOP, 300, MARK};

    show(c, fit(c, STR("Pollux"), &NUMBER, a), a, AT_BEGIN, INK);
}

/* A tick in a circle: votes that were cast. */
static void draw_tick(const struct canvas *c, double x, double y)
{
    cairo_new_path(c->cairo);
    cairo_arc(c->cairo, x, y, CIRCLE + 2, 0, 2 * M_PI);
    set_colour(c, FRAME_TOP);
    cairo_fill(c->cairo);
    cairo_move_to(c->cairo, x - 5.5, y + 0.5);
    cairo_line_to(c->cairo, x - 1.5, y + 4.5);
    cairo_line_to(c->cairo, x + 6, y - 4);
    set_colour(c, WHITE);
    cairo_stroke(c->cairo);
}

static void draw_total(const struct canvas *c, uint32_t total)
{
    const struct area a = {LEFT + INNER - 400, TOP, 400, MARK};
    struct buf number = {0};
    int width;
    struct area tick;

    write_number(&number, total);
    width = show(c, fit(c, buf_str(&number), &NUMBER, a), a, AT_END, QUIET);
    buf_done(&number);
    tick = mirrored(c, (struct area){LEFT + INNER - width - 26, TOP, 0, MARK});
    draw_tick(c, tick.x, tick.y + MARK / 2.);
}

static void draw_circle(const struct canvas *c, struct area a)
{
    struct area at = mirrored(c, (struct area){a.x + PAD + CIRCLE, a.y, 0, a.height});

    cairo_new_path(c->cairo);
    cairo_arc(c->cairo, at.x, at.y + at.height / 2, CIRCLE, 0, 2 * M_PI);
    set_colour(c, EDGE);
    cairo_stroke(c->cairo);
}

static void draw_bar(const struct canvas *c, struct area a, const struct row *row)
{
    struct area bar = a;

    bar.width = a.width * row->tenths / 1000;
    bar = mirrored(c, bar);
    cairo_save(c->cairo);
    trace_rounded(c, mirrored(c, a), ROW_RADIUS);
    cairo_clip(c->cairo);
    set_colour(c, row->first ? BAR_FIRST : BAR);
    cairo_rectangle(c->cairo, bar.x, bar.y, bar.width, bar.height);
    cairo_fill(c->cairo);
    cairo_restore(c->cairo);
}

static void draw_percent(const struct canvas *c, struct area a, uint32_t tenths)
{
    struct buf text = {0};

    percent_write(&text, tenths);
    buf_text(&text, "\u202f%"); /* a narrow space that does not break */
    show(c, fit(c, buf_str(&text), &NUMBER, a), a, AT_END, INK);
    buf_done(&text);
}

static void draw_row(const struct canvas *c, struct area a, const struct row *row)
{
    const struct fit_style *style = row->first ? &OPTION_FIRST : &OPTION;
    struct area text = {a.x + PAD, a.y + 2, a.width - 2 * PAD, a.height - 4};
    const double percent = 118, circle = 2 * CIRCLE + 16;

    fill_rounded(c, mirrored(c, a), ROW_RADIUS, ROW);
    if (row->bar) {
        draw_bar(c, a, row);
        draw_percent(c, text, row->tenths);
        text.width -= percent;
    } else {
        draw_circle(c, a);
        text.x += circle;
        text.width -= circle;
    }
    show(c, fit(c, row->label, style, text), text, AT_BEGIN, INK);
}

/* ---- the rows ---- */

/* How many options have more votes, or as many and come first? */
static uint32_t rank_of(const struct result *r, uint32_t option)
{
    uint32_t rank = 0;

    for (uint32_t i = 0; i < r->n_options; i++)
        rank += r->counts[i] > r->counts[option] ||
                (i < option && r->counts[i] == r->counts[option]);
    return rank;
}

static bool is_first(const struct result *r, uint32_t option)
{
    for (uint32_t i = 0; i < r->n_options; i++)
        if (r->counts[i] > r->counts[option])
            return false;
    return r->counts[option] > 0;
}

static struct row row_of(const struct poll *p, const struct result *r, uint32_t option)
{
    struct row row = {.label = p->options[option]};

    if (r != NULL) {
        row.bar = true;
        row.first = is_first(r, option);
        row.tenths = percent_tenths(r->counts[option], r->total);
    }
    return row;
}

/* The options in their order; where there are too many, those with the most votes. */
static uint32_t choose_rows(const struct poll *p, const struct result *r,
                            struct row rows[SHOWN_MOST])
{
    uint32_t n = 0, options = p->rules.n_options;
    uint32_t room = options > SHOWN_MOST ? SHOWN_MOST - 1 : options;

    for (uint32_t i = 0; i < options; i++)
        if ((r != NULL ? rank_of(r, i) : i) < room)
            rows[n++] = row_of(p, r, i);
    return n;
}

struct grid {
    uint32_t columns, lines;
    double line, top; /* a line's height, where the first begins */
};

/* As high as they are beautiful, unless the question needs the room. */
static struct grid grid_of(uint32_t n)
{
    struct grid g = {.columns = n > IN_COLUMN ? 2 : 1};

    g.lines = (n + g.columns - 1) / g.columns;
    g.line = g.lines <= 3 ? ROW_MOST : g.lines == 4 ? ROW_LEAST + 6 : ROW_LEAST;
    g.top = BOTTOM - g.lines * g.line - (g.lines - 1) * GAP;
    return g;
}

static struct area area_of(const struct grid *g, uint32_t i)
{
    double width = (INNER - (g->columns - 1) * GAP) / (double)g->columns;
    uint32_t column = i / g->lines, line = i % g->lines;

    return (struct area){LEFT + column * (width + GAP), g->top + line * (g->line + GAP),
                         width, g->line};
}

/* "+ 11": options that are not shown. */
static void draw_rest(const struct canvas *c, struct area a, uint32_t n)
{
    struct buf text = {0};

    buf_printf(&text, "+\u2009%u", n);
    a.x += PAD;
    a.width -= 2 * PAD;
    show(c, fit(c, buf_str(&text), &NUMBER, a), a, AT_BEGIN, QUIET);
    buf_done(&text);
}

static void draw_poll(struct canvas *c, const struct poll *p, const struct result *r)
{
    struct row rows[SHOWN_MOST];
    uint32_t n = choose_rows(p, r, rows), rest = p->rules.n_options - n;
    struct grid grid = grid_of(n + (rest > 0));
    struct area top = {LEFT, TITLE_TOP, INNER, grid.top - TITLE_GAP - TITLE_TOP};
    PangoLayout *title = fit(c, p->title, &TITLE, top);

    c->rtl = fit_is_rtl(title);
    draw_ground(c);
    draw_mark(c);
    draw_name(c);
    if (r != NULL)
        draw_total(c, r->total);
    show(c, title, top, AT_BEGIN, INK);
    for (uint32_t i = 0; i < n; i++)
        draw_row(c, area_of(&grid, i), &rows[i]);
    if (rest > 0)
        draw_rest(c, area_of(&grid, n), rest);
}

/* ---- the painter ---- */

struct painter *painter_new(void)
{
    struct painter *p = mem_zalloc(1, sizeof *p);
    cairo_font_options_t *options = cairo_font_options_create();

    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    p->fonts = pango_cairo_font_map_new();
    p->context = pango_font_map_create_context(p->fonts);
    pango_cairo_context_set_font_options(p->context, options);
    cairo_font_options_destroy(options);
    return p;
}

struct painter *painter_free(struct painter *p)
{
    if (p != NULL) {
        g_object_unref(p->context);
        g_object_unref(p->fonts);
        mem_free(p);
    }
    return NULL;
}

static cairo_status_t add_bytes(void *out, const unsigned char *bytes, unsigned n)
{
    buf_add(out, bytes, n);
    return CAIRO_STATUS_SUCCESS;
}

int painter_draw(struct painter *p, const struct poll *poll,
                 const struct result *result, struct buf *out)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, PICTURE_WIDTH, PICTURE_HEIGHT);
    struct canvas c = {.cairo = cairo_create(surface), .context = p->context};
    size_t had = out->len;
    bool drawn;

    cairo_set_line_width(c.cairo, 2.5);
    cairo_set_line_cap(c.cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(c.cairo, CAIRO_LINE_JOIN_ROUND);
    draw_poll(&c, poll, result);
    drawn = cairo_status(c.cairo) == CAIRO_STATUS_SUCCESS &&
            cairo_surface_write_to_png_stream(surface, add_bytes, out) ==
                CAIRO_STATUS_SUCCESS;
    cairo_destroy(c.cairo);
    cairo_surface_destroy(surface);
    if (!drawn)
        out->len = had;
    return drawn ? 0 : ERR_UNAVAILABLE;
}
