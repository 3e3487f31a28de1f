#include "base/text.h"

#include <string.h>
#include <uninorm.h>
#include <unictype.h>

#include "base/unicode.h"

enum {
    ZWNJ = 0x200c,
    ZWJ = 0x200d,
    ISOLATE_FIRST = 0x2066, /* LRI, RLI, FSI */
    ISOLATE_END = 0x2069,
    BRAILLE_BLANK = 0x2800,
    OBJECT = 0xfffc, /* a place for something that is not there */
    BYTE_ORDER_MARK = 0xfeff,
    KEYCAP = 0x20e3,
    BLACK_FLAG = 0x1f3f4,
    TAG_FIRST = 0xe0020,
    TAG_END = 0xe007f,
    VIRAMA = 9, /* the combining class */
};

static bool has_category(uint32_t c, uint32_t mask)
{
    return uc_is_general_category_withtable(c, mask);
}

bool text_is_blank(uint32_t c)
{
    return uc_is_property_white_space(c) || c == BRAILLE_BLANK || c == BYTE_ORDER_MARK;
}

bool text_is_emoji(uint32_t c)
{
    return c >= 0x80 && (uc_is_property_extended_pictographic(c) ||
                         (uc_is_property_emoji(c) && c >= 0x1f000));
}

bool text_is_visible(uint32_t c)
{
    uint32_t seen = UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_P |
                    UC_CATEGORY_MASK_S;

    return c != BRAILLE_BLANK && !text_is_silent(c) &&
           (has_category(c, seen) || text_is_emoji(c));
}

bool text_is_silent(uint32_t c)
{
    return uc_is_property_default_ignorable_code_point(c);
}

/* But not the vowels of Thai and Lao, which have two parts and no other spelling. */
bool text_is_form(uint32_t c)
{
    ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
    int tag, n = uc_decomposition(c, &tag, parts);

    return n > 0 && tag != UC_DECOMP_CANONICAL && c != 0x0e33 && c != 0x0eb3;
}

/* ---- the normal form ---- */

static struct str trim(struct str s)
{
    struct str rest = s, end = s;

    while (rest.len > 0 && text_is_blank(unicode_take(&rest)))
        s = rest;
    end.len = 0;
    for (rest = s; rest.len > 0;)
        if (!text_is_blank(unicode_take(&rest)))
            end.len = (size_t)(rest.at - s.at);
    return (struct str){s.at, end.len};
}

static bool ends_line(uint32_t c)
{
    return c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029;
}

/* The ends of lines as LF, tabs as spaces. */
static uint32_t take_in_lines(struct str *s)
{
    uint32_t c = unicode_take(s);

    if (c == '\r' && s->len > 0 && s->at[0] == '\n')
        unicode_take(s);
    return ends_line(c) ? '\n' : c == '\t' ? ' ' : c;
}

/* Isolates that are open at the end are closed there; an end without a beginning would
 * close somebody else's. */
static void add_balanced(struct buf *b, struct str s, bool lines)
{
    size_t open = 0;

    while (s.len > 0) {
        uint32_t c = lines ? take_in_lines(&s) : unicode_take(&s);

        if (c == ISOLATE_END && open == 0)
            continue;
        open += c >= ISOLATE_FIRST && c < ISOLATE_END;
        open -= c == ISOLATE_END;
        unicode_put(b, c);
    }
    while (open-- > 0)
        unicode_put(b, ISOLATE_END);
}

void text_normal(struct buf *b, struct str s, bool lines)
{
    struct buf nfc = {0};

    if (!str_is_utf8(s)) {
        buf_str_add(b, s);
        return;
    }
    unicode_nfc(&nfc, s);
    add_balanced(b, trim(buf_str(&nfc)), lines);
    buf_done(&nfc);
}

void text_normal_tag(struct buf *b, struct str s)
{
    struct buf normal = {0};

    text_normal(&normal, s, false);
    if (str_is_utf8(s))
        unicode_lower(b, buf_str(&normal));
    else
        buf_str_add(b, s);
    buf_done(&normal);
}

void text_password(struct buf *b, struct str s)
{
    struct buf spaces = {0};

    if (s.len == 0 || !str_is_utf8(s)) {
        buf_str_add(b, s);
        return;
    }
    buf_reserve(&spaces, s.len); /* it does not move: no copy stays behind */
    while (s.len > 0) {
        uint32_t c = unicode_take(&s);

        unicode_put(&spaces, has_category(c, UC_CATEGORY_MASK_Zs) ? ' ' : c);
    }
    unicode_nfc(b, buf_str(&spaces));
    explicit_bzero(spaces.data, spaces.len);
    buf_done(&spaces);
}

/* ---- flaws ---- */

/* A text on the way from left to right: the character at hand, and what is around it.
 */
struct walk {
    struct str rest;       /* after it */
    uint32_t before, here; /* 0: nothing */
    uint32_t letter;       /* the last one before, past marks */
    unsigned n_marks;      /* in a row, until here */
};

static uint32_t next_of(const struct walk *w)
{
    struct str rest = w->rest;

    return rest.len > 0 ? unicode_take(&rest) : 0;
}

static bool joins(uint32_t c)
{
    int type = uc_joining_type(c);

    return type == UC_JOINING_TYPE_D || type == UC_JOINING_TYPE_R ||
           type == UC_JOINING_TYPE_L || c == 0x0640; /* the line that joins */
}

static bool joiner_needed(const struct walk *w)
{
    uint32_t next = next_of(w);

    if (uc_combining_class(w->before) == VIRAMA)
        return true;
    if (joins(w->letter) && joins(next))
        return !text_is_silent(w->before);
    return w->here == ZWJ && text_is_emoji(next) &&
           (text_is_emoji(w->before) || w->before == 0xfe0f);
}

static bool selector_needed(const struct walk *w)
{
    uint32_t c = w->here, base = w->before;

    if (c == 0xfe0e || c == 0xfe0f)
        return base < 0x80 ? uc_is_property_emoji(base) && next_of(w) == KEYCAP
                           : uc_is_property_emoji(base);
    if ((c >= 0xfe00 && c <= 0xfe02) || (c >= 0xe0100 && c <= 0xe01ef))
        return uc_is_property_unified_ideograph(base);
    return ((c >= 0x180b && c <= 0x180f) && base >= 0x1820 && base <= 0x18aa);
}

/* The flags that are black ones with tags: there are three. */
static bool flag_goes_on(struct str s)
{
    static const char *const regions[] = {"gbeng", "gbsct", "gbwls"};

    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++) {
        struct str rest = s;
        const char *p = regions[i];

        while (*p != '\0' && rest.len > 0 &&
               unicode_take(&rest) == 0xe0000u + (unsigned char)*p)
            p++;
        if (*p == '\0' && rest.len > 0 && unicode_take(&rest) == TAG_END)
            return true;
    }
    return false;
}

/* Skips the tags of a flag: they were looked at together. */
static void skip_flag(struct walk *w)
{
    if (w->here != BLACK_FLAG || !flag_goes_on(w->rest))
        return;
    while (w->here != TAG_END)
        w->here = unicode_take(&w->rest);
    w->here = BLACK_FLAG;
}

/* Format characters that are seen: Arabic, Syriac and Kaithi signs around numbers. */
static bool is_seen_format(uint32_t c)
{
    return (c >= 0x0600 && c <= 0x0605) || c == 0x06dd || c == 0x070f || c == 0x0890 ||
           c == 0x0891 || c == 0x08e2 || c == 0x110bd || c == 0x110cd;
}

static bool hidden_is_needed(const struct walk *w)
{
    uint32_t c = w->here;

    if (c == ZWNJ || c == ZWJ)
        return joiner_needed(w);
    return (c >= ISOLATE_FIRST && c <= ISOLATE_END) || selector_needed(w);
}

static enum text_flaw flaw_here(const struct walk *w, bool lines)
{
    uint32_t c = w->here;
    uint32_t unknown = UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Cn | UC_CATEGORY_MASK_Cs;

    if (has_category(c, UC_CATEGORY_MASK_Cc))
        return lines && c == '\n' ? TEXT_SOUND : TEXT_CONTROL;
    if (has_category(c, UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp))
        return TEXT_CONTROL;
    if (text_is_silent(c))
        return hidden_is_needed(w) ? TEXT_SOUND : TEXT_HIDDEN;
    if (c == OBJECT || (has_category(c, UC_CATEGORY_MASK_Cf) && !is_seen_format(c)))
        return TEXT_HIDDEN;
    if (has_category(c, unknown) && !text_is_emoji(c)) /* emoji: newer than our table */
        return TEXT_UNKNOWN;
    if (has_category(c, UC_CATEGORY_MASK_M) && w->before == 0)
        return TEXT_MARKS;
    return w->n_marks > TEXT_MARKS_MAX ? TEXT_MARKS : TEXT_SOUND;
}

static void step(struct walk *w)
{
    bool mark;

    w->before = w->here;
    if (!has_category(w->here, UC_CATEGORY_MASK_M))
        w->letter = w->here;
    w->here = unicode_take(&w->rest);
    mark = has_category(w->here, UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Me);
    w->n_marks = mark ? w->n_marks + 1 : 0;
    skip_flag(w);
}

enum text_flaw text_flaw(struct str s, bool lines)
{
    struct walk w = {.rest = s};
    bool visible = s.len == 0;

    if (!str_is_utf8(s))
        return TEXT_NOT_UTF8;
    while (w.rest.len > 0) {
        enum text_flaw flaw;

        step(&w);
        flaw = flaw_here(&w, lines);
        if (flaw != TEXT_SOUND)
            return flaw;
        visible = visible || text_is_visible(w.here);
    }
    return visible ? TEXT_SOUND : TEXT_INVISIBLE;
}

const char *text_flaw_message(enum text_flaw flaw)
{
    static const char *const messages[] = {
        [TEXT_SOUND] = NULL,
        [TEXT_NOT_UTF8] = "must be UTF-8",
        [TEXT_CONTROL] = "must not contain control characters",
        [TEXT_HIDDEN] = "must not contain invisible characters",
        [TEXT_UNKNOWN] = "must not contain characters that Unicode does not define",
        [TEXT_MARKS] =
            "must not contain accents without a letter, or more than 8 on one",
        [TEXT_INVISIBLE] = "must have something that can be seen",
    };

    return messages[flaw];
}

bool text_is_tag(struct str s)
{
    uint32_t allowed = UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_Nd;

    if (text_flaw(s, false) != TEXT_SOUND)
        return false;
    while (s.len > 0) {
        uint32_t c = unicode_take(&s);

        if (c != '-' && c != ZWNJ && c != ZWJ && !has_category(c, allowed))
            return false;
    }
    return true;
}

/* ---- comparing ---- */

/* Invisible, and without a meaning of its own: the tags of a flag have one. */
static bool means_nothing(uint32_t c)
{
    return text_is_silent(c) && !(c >= TAG_FIRST && c <= TAG_END);
}

void text_key(struct buf *b, struct str s)
{
    struct buf plain = {0};
    bool gap = false, begun = false;

    if (!str_is_utf8(s)) {
        buf_str_add(b, s);
        return;
    }
    unicode_plain(&plain, s);
    for (struct str rest = buf_str(&plain); rest.len > 0;) {
        uint32_t c = unicode_take(&rest);

        if (text_is_blank(c)) {
            gap = begun;
        } else if (!means_nothing(c)) {
            if (gap)
                buf_char(b, ' ');
            gap = false;
            begun = true;
            unicode_put(b, c);
        }
    }
    buf_done(&plain);
}
