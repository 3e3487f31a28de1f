/* test_security_headers.c — what browsers are told, by path. */
#include "lib/check.h"

#include <stdio.h>

#include "server/security_headers.h"

static bool has(struct str block, const char *line)
{
    return memmem(block.at, block.len, line, strlen(line)) != NULL;
}

static void tells_by_path_who_may_frame_it_and_what_it_may_load(void **state)
{
    static const struct {
        const char *why, *path, *csp, *corp;
    } rows[] = {
        {"data", "/api/polls", "default-src 'none'; frame-ancestors 'none'\r\n",
         "same-origin"},
        {"data", "/healthz", "default-src 'none'; frame-ancestors 'none'\r\n",
         "same-origin"},
        {"nothing", "/nowhere", "default-src 'none'; frame-ancestors 'none'\r\n",
         "same-origin"},
        {"could not be read", "", "default-src 'none'; frame-ancestors 'none'\r\n",
         "same-origin"},
        {"the page", "/", "form-action 'self'; frame-ancestors 'none'\r\n",
         "same-origin"},
        {"runs its own only", "/", "default-src 'none'; script-src 'self'; style-src ",
         "same-origin"},
        {"no host by a scheme", "/", "connect-src 'self'; manifest-src", "same-origin"},
        {"frames itself", "/", "frame-src 'self'; object-src 'none'; base-uri 'none'; ",
         "same-origin"},
        {"may fill the screen", "/",
         "Permissions-Policy: fullscreen=(self), clipboard-write=(self), ",
         "same-origin"},
        {"the API's page", "/docs", "style-src 'self' 'unsafe-inline'; img-src 'self'",
         "same-origin"},
        {"in no frame", "/docs", "frame-ancestors 'none'\r\n", "same-origin"},
        {"below it", "/docs/x", "default-src 'none'; script-src 'self'; style-src ",
         "same-origin"},
        {"begins like it", "/docsx", "default-src 'none'; frame-ancestors 'none'\r\n",
         "same-origin"},
        {"to be embedded", "/embed/12", "form-action 'self'; frame-ancestors *\r\n",
         "cross-origin"},
        {"a picture", "/picture.png", "default-src 'none'; frame-ancestors 'none'\r\n",
         "cross-origin"},
        {"begins like it", "/embedded", "default-src 'none'; frame-ancestors 'none'",
         "same-origin"},
        {"is not below it", "/api/embed/1",
         "default-src 'none'; frame-ancestors 'none'", "same-origin"},
        {"another case", "/Embed/1", "default-src 'none'; frame-ancestors 'none'",
         "same-origin"},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct str block = security_headers(str_of(rows[i].path));
        char corp[64];

        snprintf(corp, sizeof corp, "Cross-Origin-Resource-Policy: %s\r\n",
                 rows[i].corp);
        CHECK_AT(rows[i].path, has(block, "Content-Security-Policy: default-src "));
        CHECK_AT(rows[i].path, has(block, rows[i].csp));
        CHECK_AT(rows[i].path, has(block, corp));
        CHECK_AT(rows[i].path, has(block, "X-Content-Type-Options: nosniff\r\n"));
        CHECK_AT(rows[i].path, has(block, "Referrer-Policy: no-referrer\r\n"));
    }
}

static void blocks_are_whole_lines(void **state)
{
    static const struct {
        const char *path;
        size_t lines;
    } rows[] = {{"/api/polls", 4}, {"/", 5}, {"/docs", 4}, {"/embed/1", 5}};
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct str block = security_headers(str_of(rows[i].path));
        size_t lines = 0;

        while (block.len > 0) {
            struct str line;

            block = str_cut(block, '\n', &line);
            CHECK_AT(rows[i].path, line.len > 1 && line.at[line.len - 1] == '\r');
            lines++;
        }
        CHECK_EQ_AT(rows[i].path, lines, rows[i].lines);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_by_path_who_may_frame_it_and_what_it_may_load),
        cmocka_unit_test(blocks_are_whole_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
