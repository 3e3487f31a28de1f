#include "app/body.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "core/change.h"

enum { BODY_FLAGS = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY };

/* From here on not every whole number is a double. */
static const double LARGE = 9007199254740992.0;

/* Nesting is counted before the parser sees it: brackets inside strings count too,
 * which only makes the rule stricter for text that nobody sends. */
static bool too_deep(struct str s)
{
    size_t depth = 0;

    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '[' || s.at[i] == '{')
            depth++;
        else if ((s.at[i] == ']' || s.at[i] == '}') && depth > 0)
            depth--;
        if (depth > LIMIT_JSON_DEPTH)
            return true;
    }
    return false;
}

/* A number beyond 64 bits is JSON all the same. Read as reals, all of the members that
 * are whole and not as large become integers again. */
static json_t *parse_large(struct str text)
{
    json_t *body = json_loadb(text.at, text.len, BODY_FLAGS | JSON_DECODE_INT_AS_REAL,
                              NULL),
           *value;
    const char *name;

    json_object_foreach(body, name, value)
    {
        double x = json_real_value(value);

        if (json_is_real(value) && x > -LARGE && x < LARGE && x == (double)(long long)x)
            json_object_set_new(body, name, json_integer((json_int_t)x));
    }
    return body;
}

/* The library refuses what is JSON nevertheless. False: it is not. */
static bool beyond_us(const json_error_t *error, struct body_why *ret_why)
{
    switch (json_error_code(error)) {
    case json_error_numeric_overflow:
        *ret_why =
            (struct body_why){FAULT_OUT_OF_RANGE, "must not hold a number that large"};
        return true;
    case json_error_null_character:
    case json_error_null_byte_in_key:
        *ret_why = (struct body_why){FAULT_BAD_CHARACTERS,
                                     "must not hold the character U+0000"};
        return true;
    default:
        return false;
    }
}

static int fail_parse(const json_error_t *error, struct body_why *ret_why)
{
    if (beyond_us(error, ret_why))
        return ERR_INVALID;
    snprintf(ret_why->text, sizeof ret_why->text, "line %d, column %d: %.100s",
             error->line, error->column, error->text);
    return ERR_INVALID_JSON;
}

int body_parse(struct str text, json_t **ret_body, struct body_why *ret_why)
{
    json_error_t error;
    json_t *body;

    if (text.len == 0 || too_deep(text)) {
        snprintf(ret_why->text, sizeof ret_why->text,
                 text.len == 0 ? "A JSON body is needed."
                               : "The JSON is nested too deeply.");
        return ERR_INVALID_JSON;
    }
    body = json_loadb(text.at, text.len, BODY_FLAGS, &error);
    if (body == NULL && json_error_code(&error) == json_error_numeric_overflow)
        body = parse_large(text);
    if (body == NULL)
        return fail_parse(&error, ret_why);
    if (!json_is_object(body)) {
        json_decref(body);
        *ret_why = (struct body_why){FAULT_WRONG_TYPE, "must be a JSON object"};
        return ERR_INVALID;
    }
    *ret_body = body;
    return 0;
}

/* ---- keys ---- */

static bool is_printable(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < 0x20 || s.at[i] > 0x7e)
            return false;
    return s.len >= 1 && s.len <= LIMIT_IDEMPOTENCY_KEY_BYTES;
}

/* Keys are compared as the first half of their SHA-256: short, and always as long. */
static void hash(struct str text, uint8_t ret[VOTE_KEY_BYTES])
{
    uint8_t digest[32];

    EVP_Digest(text.at, text.len, digest, NULL, EVP_sha256(), NULL);
    memcpy(ret, digest, VOTE_KEY_BYTES);
}

int key_input(const json_t *body, struct str key, const struct faults *faults,
              uint8_t ret_key[VOTE_KEY_BYTES], bool *ret_keyed)
{
    const json_t *field = json_object_get(body, "idempotencyKey");

    *ret_keyed = false;
    if (key.at == NULL && json_is_string(field))
        key = (struct str){json_string_value(field), json_string_length(field)};
    else if (key.at == NULL && (field == NULL || json_is_null(field)))
        return 0;
    if (key.at != NULL && is_printable(key)) {
        hash(key, ret_key);
        *ret_keyed = true;
        return 0;
    }
    faults->fault(faults->user, "idempotencyKey", FAULT_BAD_FORMAT,
                  "must be 1 to 64 printable ASCII characters");
    return ERR_INVALID;
}

static void add_texts(struct buf *b, const struct str *texts, uint32_t n)
{
    buf_u64(b, n);
    for (uint32_t i = 0; i < n; i++)
        buf_json_str(b, texts[i]);
}

/* It is stored: an upgrade that changes it makes repeats from before a conflict. */
void poll_hash(const struct poll *p, uint8_t ret[VOTE_KEY_BYTES])
{
    const int64_t rules[] = {p->rules.opens_ms, p->rules.closes_ms, p->rules.visibility,
                             p->rules.voters, p->rules.vote_change};
    struct buf text = {0};

    buf_json_str(&text, p->title);
    buf_json_str(&text, p->description);
    add_texts(&text, p->options, p->rules.n_options);
    add_texts(&text, p->tags, p->n_tags);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        buf_char(&text, ' ');
        buf_i64(&text, rules[i]);
    }
    hash(buf_str(&text), ret);
    buf_done(&text);
}

/* ---- votes ---- */

bool body_whole(const json_t *value, json_int_t *ret_n)
{
    if (json_is_integer(value))
        *ret_n = json_integer_value(value);
    else if (json_real_value(value) >= LARGE)
        *ret_n = INT64_MAX;
    else if (json_real_value(value) <= -LARGE)
        *ret_n = INT64_MIN;
    else
        return false;
    return true;
}

/* A number that is no option's is the ballot's to refuse; no number at all is ours. */
int option_input(const json_t *body, const struct faults *faults, struct wish *ret_wish)
{
    const json_t *field = json_object_get(body, "optionIndex");
    json_int_t n;

    if (!body_whole(field, &n)) {
        faults->fault(faults->user, "optionIndex",
                      field == NULL || json_is_null(field) ? FAULT_REQUIRED
                                                           : FAULT_WRONG_TYPE,
                      "must be the number of an option: 0, 1, ...");
        return ERR_INVALID;
    }
    ret_wish->option = n >= 0 && n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
    return 0;
}

static struct str skip_blanks(struct str s)
{
    while (s.len > 0 &&
           (s.at[0] == ' ' || s.at[0] == '\t' || s.at[0] == '\r' || s.at[0] == '\n'))
        s = str_skip(s, 1);
    return s;
}

/* The token at the start of s, behind blanks; s goes on behind it. */
static bool take_token(struct str *s, struct str token)
{
    *s = skip_blanks(*s);
    if (!str_starts(*s, token))
        return false;
    *s = str_skip(*s, token.len);
    return true;
}

bool vote_is_plain(struct str text, uint32_t *ret_option)
{
    struct str digits;
    uint64_t n;

    if (!take_token(&text, STR("{")) || !take_token(&text, STR("\"optionIndex\"")) ||
        !take_token(&text, STR(":")))
        return false;
    digits = text = skip_blanks(text);
    while (text.len > 0 && text.at[0] >= '0' && text.at[0] <= '9')
        text = str_skip(text, 1);
    digits.len -= text.len;
    if (digits.len > 3 || (digits.len > 1 && digits.at[0] == '0') ||
        str_to_u64(digits, UINT32_MAX, &n) != 0 || !take_token(&text, STR("}")) ||
        skip_blanks(text).len != 0)
        return false;
    *ret_option = (uint32_t)n;
    return true;
}

int vote_input(const json_t *body, struct str key_header, const struct faults *faults,
               struct wish *ret_wish)
{
    int option = option_input(body, faults, ret_wish);
    int key = key_input(body, key_header, faults, ret_wish->key, &ret_wish->keyed);

    return option != 0 ? option : key;
}
