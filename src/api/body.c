#include "api/body.h"

#include <openssl/evp.h>
#include <string.h>

#include "app/json_body.h"
#include "base/err.h"
#include "core/change.h"

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

/* A number that is no option's is the ballot's to refuse; no number at all is ours. */
int option_input(const json_t *body, const struct faults *faults, struct wish *ret_wish)
{
    const json_t *field = json_object_get(body, "optionIndex");
    json_int_t n;

    if (!json_body_whole(field, &n)) {
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
