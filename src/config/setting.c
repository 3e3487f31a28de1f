#include "config/setting.h"

#include <arpa/inet.h>
#include <assert.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"

struct unit {
    const char *name;
    uint64_t factor;
};

/* The largest first: setting_show() takes the first that divides. */
static const struct unit size_units[] = {
    {"TiB", 1ULL << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1},
};
static const struct unit duration_units[] = {
    {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1},
};

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static const struct {
    const char *word;
    bool value;
} bool_words[] = {
    {"true", true},   {"yes", true}, {"on", true},   {"1", true},
    {"false", false}, {"no", false}, {"off", false}, {"0", false},
};

static void *field_of(const struct setting *s, void *object)
{
    return (char *)object + s->offset;
}

static const void *const_field_of(const struct setting *s, const void *object)
{
    return (const char *)object + s->offset;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char *dup_text(struct str s)
{
    char *p = mem_alloc(s.len + 1);

    if (s.len != 0)
        memcpy(p, s.at, s.len);
    p[s.len] = '\0';
    return p;
}

/* Take the digits off the start of *text. */
static int take_number(struct str *text, uint64_t *ret_n)
{
    size_t n = 0;

    while (n < text->len && is_digit(text->at[n]))
        n++;
    if (str_to_u64((struct str){text->at, n}, UINT64_MAX, ret_n) != 0)
        return ERR_INVALID;
    *text = str_skip(*text, n);
    return 0;
}

/* Take the unit off the start of *text, and multiply n by its factor. Of "m" and "ms"
 * the longer one matches. */
static int take_unit(struct str *text, const struct unit *units, size_t n_units,
                     uint64_t *n)
{
    const struct unit *best = NULL;

    for (size_t i = 0; i < n_units; i++) {
        size_t len = strlen(units[i].name);

        if (text->len >= len && strncasecmp(text->at, units[i].name, len) == 0 &&
            (best == NULL || len > strlen(best->name)))
            best = &units[i];
    }
    if (best == NULL || __builtin_mul_overflow(*n, best->factor, n))
        return ERR_INVALID;
    *text = str_skip(*text, strlen(best->name));
    return 0;
}

static int parse_size(struct str text, uint64_t *ret_n)
{
    uint64_t n;

    if (take_number(&text, &n) != 0 ||
        take_unit(&text, size_units, LENGTH(size_units), &n) != 0 || text.len != 0)
        return ERR_INVALID;
    *ret_n = n;
    return 0;
}

static int parse_duration(struct str text, uint64_t *ret_ms)
{
    uint64_t sum = 0;

    if (str_eq(text, STR("0"))) { /* the only number that needs no unit */
        *ret_ms = 0;
        return 0;
    }
    do {
        uint64_t n;

        if (take_number(&text, &n) != 0 ||
            take_unit(&text, duration_units, LENGTH(duration_units), &n) != 0 ||
            __builtin_add_overflow(sum, n, &sum))
            return ERR_INVALID;
    } while (text.len != 0);
    *ret_ms = sum;
    return 0;
}

static int parse_number(enum setting_type type, struct str text, uint64_t *ret_n)
{
    if (type == SETTING_SIZE)
        return parse_size(text, ret_n);
    if (type == SETTING_DURATION)
        return parse_duration(text, ret_n);
    return str_to_u64(text, INT_MAX, ret_n) == 0 ? 0 : ERR_INVALID;
}

static void bounds_of(const struct setting *s, struct str *ret_from, struct str *ret_to)
{
    const char *dots = strstr(s->accepts, "..");

    assert(dots != NULL);
    *ret_from = (struct str){s->accepts, (size_t)(dots - s->accepts)};
    *ret_to = str_of(dots + 2);
}

static int set_number(const struct setting *s, void *field, struct str text)
{
    struct str from, to;
    uint64_t n, min = 0, max = 0;
    int rc;

    bounds_of(s, &from, &to);
    rc = parse_number(s->type, from, &min);
    assert(rc == 0);
    rc = parse_number(s->type, to, &max);
    assert(rc == 0);
    assert(max <= INT64_MAX);

    if (parse_number(s->type, text, &n) != 0 || n < min || n > max)
        return ERR_INVALID;
    if (s->type == SETTING_INT)
        *(int *)field = (int)n;
    else if (s->type == SETTING_SIZE)
        *(uint64_t *)field = n;
    else
        *(int64_t *)field = (int64_t)n;
    return 0;
}

static int set_bool(void *field, struct str text)
{
    for (size_t i = 0; i < LENGTH(bool_words); i++)
        if (str_eq_nocase(text, str_of(bool_words[i].word))) {
            *(bool *)field = bool_words[i].value;
            return 0;
        }
    return ERR_INVALID;
}

static int set_word(const struct setting *s, void *field, struct str text)
{
    struct str rest = str_of(s->accepts), word;

    for (int i = 0; rest.len != 0; i++) {
        rest = str_cut(rest, '|', &word);
        if (str_eq(text, word)) {
            *(int *)field = i;
            return 0;
        }
    }
    return ERR_INVALID;
}

static bool is_text(struct str s)
{
    return s.len <= SETTING_TEXT_BYTES &&
           (s.len == 0 || memchr(s.at, '\0', s.len) == NULL);
}

static int set_string(const struct setting *s, void *field, struct str text)
{
    char **p = field;

    if (!is_text(text) || (text.len == 0 && s->initial[0] != '\0'))
        return ERR_INVALID;
    mem_free(*p);
    *p = dup_text(text);
    return 0;
}

static bool is_host_char(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           strchr("-._[]:", c) != NULL;
}

/* "https://polls.example:8443": as browsers send it, so that comparing is enough. */
static bool is_origin(struct str s)
{
    if (str_starts(s, STR("https://")))
        s = str_skip(s, 8);
    else if (str_starts(s, STR("http://")))
        s = str_skip(s, 7);
    else
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] == '\0' || !is_host_char(s.at[i]))
            return false;
    return s.len != 0 && s.at[0] != ':';
}

/* "10.0.0.1", "10.0.0.0/8", "::1", "fd00::/8" */
static bool is_network(struct str s)
{
    struct str address, prefix = str_cut(s, '/', &address);
    bool has_prefix = address.len != s.len;
    char text[INET6_ADDRSTRLEN];
    unsigned char bytes[16];
    uint64_t bits, max;

    if (address.len == 0 || address.len >= sizeof text || !is_text(address))
        return false;
    memcpy(text, address.at, address.len);
    text[address.len] = '\0';
    if (inet_pton(AF_INET, text, bytes) == 1)
        max = 32;
    else if (inet_pton(AF_INET6, text, bytes) == 1)
        max = 128;
    else
        return false;
    return !has_prefix || str_to_u64(prefix, max, &bits) == 0;
}

static bool is_item(const struct setting *s, struct str item)
{
    if (strcmp(s->accepts, "origin") == 0)
        return is_text(item) && is_origin(item);
    assert(strcmp(s->accepts, "network") == 0);
    return is_network(item);
}

/* The bits of one item: that of a word, those of every word for "all", 0 for others. */
static unsigned bits_of(const struct setting *s, struct str item)
{
    struct str rest = str_of(s->accepts), word;
    unsigned bit = 1, found = 0;

    for (; rest.len != 0; bit <<= 1) {
        rest = str_cut(rest, '|', &word);
        if (str_eq(item, word))
            found = bit;
    }
    return str_eq(item, STR("all")) ? bit - 1 : found;
}

static void list_done(struct setting_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        mem_free(l->items[i]);
    mem_free(l->items);
    *l = (struct setting_list){0};
}

/* `expected …, not "text"`; a secret is not repeated. */
static int refuse(const struct setting *s, struct str text, struct buf *problem)
{
    enum { SHOWN_BYTES = 60 };
    bool cut = text.len > SHOWN_BYTES;

    if (cut)
        text.len = SHOWN_BYTES;
    buf_text(problem, "expected ");
    setting_expected(s, problem);
    if (s->type == SETTING_SECRET)
        return ERR_INVALID;
    buf_text(problem, ", not ");
    buf_json_str(problem, text);
    if (cut)
        buf_text(problem, "...");
    return ERR_INVALID;
}

static int set_words(const struct setting *s, unsigned *field, const struct str *items,
                     size_t n, struct buf *problem)
{
    unsigned bits = 0;

    for (size_t i = 0; i < n; i++) {
        if (bits_of(s, items[i]) == 0)
            return refuse(s, items[i], problem);
        bits |= bits_of(s, items[i]);
    }
    if (bits == 0)
        return refuse(s, STR(""), problem);
    *field = bits;
    return 0;
}

int setting_set_list(const struct setting *s, void *object, const struct str *items,
                     size_t n, struct buf *problem)
{
    struct setting_list *l = field_of(s, object);

    if (s->type == SETTING_WORDS)
        return set_words(s, field_of(s, object), items, n, problem);
    assert(s->type == SETTING_LIST);
    if (n > SETTING_ITEMS) {
        buf_printf(problem, "expected at most %d items, not %zu", SETTING_ITEMS, n);
        return ERR_INVALID;
    }
    for (size_t i = 0; i < n; i++)
        if (!is_item(s, items[i]))
            return refuse(s, items[i], problem);
    list_done(l);
    l->items = mem_zalloc(n, sizeof *l->items);
    for (; l->n < n; l->n++)
        l->items[l->n] = dup_text(items[l->n]);
    return 0;
}

static int set_commas(const struct setting *s, void *object, struct str text,
                      struct buf *problem)
{
    struct str items[SETTING_ITEMS + 1];
    size_t n = 0;

    while (text.len != 0 && n < LENGTH(items)) {
        text = str_cut(text, ',', &items[n]);
        items[n] = str_trim(items[n]);
        n += items[n].len != 0; /* "a,,b" and a trailing comma are harmless */
    }
    return setting_set_list(s, object, items, n, problem);
}

int setting_set(const struct setting *s, void *object, struct str text,
                struct buf *problem)
{
    void *field = field_of(s, object);
    int rc = ERR_INVALID;

    switch (s->type) {
    case SETTING_BOOL:
        rc = set_bool(field, text);
        break;
    case SETTING_INT:
    case SETTING_SIZE:
    case SETTING_DURATION:
        rc = set_number(s, field, text);
        break;
    case SETTING_STRING:
    case SETTING_SECRET:
        rc = set_string(s, field, text);
        break;
    case SETTING_ENUM:
        rc = set_word(s, field, text);
        break;
    case SETTING_WORDS:
    case SETTING_LIST:
        return set_commas(s, object, text, problem);
    }
    return rc == 0 ? 0 : refuse(s, text, problem);
}

static void expected_range(const struct setting *s, const char *what, struct buf *out)
{
    struct str from, to;

    bounds_of(s, &from, &to);
    buf_text(out, what);
    buf_text(out, " from ");
    buf_str_add(out, from);
    buf_text(out, " to ");
    buf_str_add(out, to);
}

static void expected_word(const struct setting *s, struct buf *out)
{
    struct str rest = str_of(s->accepts), word;

    rest = str_cut(rest, '|', &word);
    buf_str_add(out, word);
    while (rest.len != 0) {
        rest = str_cut(rest, '|', &word);
        buf_text(out, rest.len != 0 ? ", " : " or ");
        buf_str_add(out, word);
    }
}

void setting_expected(const struct setting *s, struct buf *out)
{
    switch (s->type) {
    case SETTING_BOOL:
        buf_text(out, "true or false");
        break;
    case SETTING_INT:
        expected_range(s, "a number", out);
        break;
    case SETTING_SIZE:
        expected_range(s, "a size", out);
        break;
    case SETTING_DURATION:
        expected_range(s, "a duration", out);
        break;
    case SETTING_STRING:
        buf_text(out, s->initial[0] != '\0' ? "text that is not empty" : "text");
        break;
    case SETTING_SECRET:
        buf_printf(out, "text of at most %d bytes", SETTING_TEXT_BYTES);
        break;
    case SETTING_ENUM:
        expected_word(s, out);
        break;
    case SETTING_WORDS:
        buf_text(out, "all, or one or more of ");
        expected_word(s, out);
        break;
    case SETTING_LIST:
        buf_text(out, strcmp(s->accepts, "origin") == 0
                          ? "origins such as https://polls.example"
                          : "addresses or networks such as 10.0.0.0/8");
        break;
    }
}

/* Write it in the largest unit that needs no fraction. */
static void show_units(uint64_t n, const struct unit *units, size_t n_units,
                       struct buf *out)
{
    size_t i = 0;

    while (i < n_units - 1 && (n == 0 || n % units[i].factor != 0))
        i++;
    buf_u64(out, n / units[i].factor);
    buf_text(out, units[i].name);
}

static void show_word(const struct setting *s, int index, struct buf *out)
{
    struct str rest = str_of(s->accepts), word;

    do
        rest = str_cut(rest, '|', &word);
    while (index-- > 0);
    buf_str_add(out, word);
}

void setting_show_words(const struct setting *s, unsigned bits, struct buf *out)
{
    size_t before = out->len;

    if (bits == bits_of(s, STR("all"))) {
        buf_text(out, "all");
        return;
    }
    for (int i = 0; bits != 0; i++, bits >>= 1) {
        if ((bits & 1) == 0)
            continue;
        buf_text(out, out->len != before ? "," : "");
        show_word(s, i, out);
    }
}

/* The length of the character at p if YAML takes it for the end of a line or not at all
 * (C1 controls, two separators, the byte order mark, two noncharacters); else 0.
 */
static size_t yaml_refuses(const unsigned char *p, size_t left, unsigned *ret_c)
{
    if (left >= 2 && p[0] == 0xc2) {
        *ret_c = p[1];
        return p[1] < 0xa0 ? 2 : 0;
    }
    if (left < 3 || (p[0] != 0xe2 && p[0] != 0xef))
        return 0;
    *ret_c = (p[0] & 0x0fU) << 12 | (p[1] & 0x3fU) << 6 | (p[2] & 0x3fU);
    return *ret_c == 0x2028 || *ret_c == 0x2029 || *ret_c == 0xfeff || *ret_c >= 0xfffe
               ? 3
               : 0;
}

void setting_show_text(const char *text, struct buf *out)
{
    struct buf json = {0};
    size_t n;

    buf_json_str(&json, str_of(text));
    for (size_t i = 0; i < json.len; i += n) {
        unsigned c;

        n = yaml_refuses((const unsigned char *)json.data + i, json.len - i, &c);
        if (n != 0) {
            buf_printf(out, "\\u%04x", c);
        } else {
            n = 1;
            buf_char(out, json.data[i]);
        }
    }
    buf_done(&json);
}

static void show_list(const struct setting_list *l, struct buf *out)
{
    buf_char(out, '[');
    for (size_t i = 0; i < l->n; i++) {
        if (i != 0)
            buf_text(out, ", ");
        setting_show_text(l->items[i], out);
    }
    buf_char(out, ']');
}

void setting_show(const struct setting *s, const void *object, struct buf *out)
{
    const void *field = const_field_of(s, object);

    switch (s->type) {
    case SETTING_BOOL:
        buf_text(out, *(const bool *)field ? "true" : "false");
        break;
    case SETTING_INT:
        buf_i64(out, *(const int *)field);
        break;
    case SETTING_SIZE:
        show_units(*(const uint64_t *)field, size_units, LENGTH(size_units), out);
        break;
    case SETTING_DURATION:
        show_units((uint64_t) * (const int64_t *)field, duration_units,
                   LENGTH(duration_units), out);
        break;
    case SETTING_STRING:
        setting_show_text(*(char *const *)field, out);
        break;
    case SETTING_SECRET:
        assert(s->type != SETTING_SECRET); /* it is not shown */
        break;
    case SETTING_ENUM:
        show_word(s, *(const int *)field, out);
        break;
    case SETTING_WORDS:
        setting_show_words(s, *(const unsigned *)field, out);
        break;
    case SETTING_LIST:
        show_list(field, out);
        break;
    }
}

void setting_done(const struct setting *s, void *object)
{
    void *field = field_of(s, object);

    if (s->type == SETTING_STRING || s->type == SETTING_SECRET) {
        mem_free(*(char **)field);
        *(char **)field = NULL;
    } else if (s->type == SETTING_LIST) {
        list_done(field);
    }
}
