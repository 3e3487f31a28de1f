#include "app/json_body.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "tbl/limits.h"

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
static bool beyond_us(const json_error_t *error, struct json_body_why *ret_why)
{
    switch (json_error_code(error)) {
    case json_error_numeric_overflow:
        *ret_why = (struct json_body_why){FAULT_OUT_OF_RANGE,
                                          "must not hold a number that large"};
        return true;
    case json_error_null_character:
    case json_error_null_byte_in_key:
        *ret_why = (struct json_body_why){FAULT_BAD_CHARACTERS,
                                          "must not hold the character U+0000"};
        return true;
    default:
        return false;
    }
}

static int fail_parse(const json_error_t *error, struct json_body_why *ret_why)
{
    if (beyond_us(error, ret_why))
        return ERR_INVALID;
    snprintf(ret_why->text, sizeof ret_why->text, "line %d, column %d: %.100s",
             error->line, error->column, error->text);
    return ERR_INVALID_JSON;
}

/* The library takes one at the end for the end. */
static bool has_nul(struct str text)
{
    return text.len != 0 && memchr(text.at, '\0', text.len) != NULL;
}

int json_body_parse(struct str text, json_t **ret_body, struct json_body_why *ret_why)
{
    json_error_t error;
    json_t *body;

    if (has_nul(text)) {
        snprintf(ret_why->text, sizeof ret_why->text,
                 "JSON has no bytes that are zero.");
        return ERR_INVALID_JSON;
    }
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
        *ret_why = (struct json_body_why){FAULT_WRONG_TYPE, "must be a JSON object"};
        return ERR_INVALID;
    }
    *ret_body = body;
    return 0;
}

bool json_body_whole(const json_t *value, json_int_t *ret_n)
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
