/* test_config.c — what the server was told: defaults, environment, flags, and who wins.
 * The file has its own test. */
#include "lib/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "config/config.h"
#include "config/config_doc.h"
#include "config/config_file.h"
#include "config/roles.h"

/* One call of config_load(). */
struct load {
    struct config config;
    struct config_report report;
    int rc;
};

static struct load load(const struct config_sources *sources)
{
    struct load l = {0};

    l.rc = config_load(sources, &l.config, &l.report);
    return l;
}

static void load_done(struct load *l)
{
    config_done(&l->config);
    config_report_done(&l->report);
}

/* A file of a test: its path, until the next call. */
static const char *file_with(const char *text, size_t n)
{
    static char path[40];
    int fd;

    strcpy(path, "/tmp/pollux-test-config-XXXXXX");
    fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, n), n);
    close(fd);
    return path;
}

static void every_default_is_a_value_of_its_key(void **state)
{
    struct load l = load(&(struct config_sources){0});
    struct buf shown = {0};
    (void)state;

    CHECK_STR(buf_str(&l.report.errors), "");
    CHECK_STR(buf_str(&l.report.warnings), "");
    assert_int_equal(l.rc, 0);
    for (int i = 0; i < CONFIG__KEYS; i++)
        assert_int_equal(l.config.origins[i].source, CONFIG_DEFAULT);
    assert_string_equal(l.config.file, "");
    load_done(&l);
    buf_done(&shown);
}

/* What clients and operators rely on, written a second time. */
static void the_defaults_are_those_that_were_promised(void **state)
{
    struct load l = load(&(struct config_sources){0});
    const struct config *c = &l.config;
    (void)state;

    assert_string_equal(c->server_address, "127.0.0.1");
    assert_int_equal(c->server_port, 8080);
    assert_int_equal(c->server_origins.n, 0);
    assert_int_equal(c->server_trusted_proxies.n, 0);
    assert_string_equal(c->data_dir, "./data");
    assert_string_equal(c->jwt_secret, "");
    assert_int_equal(c->jwt_ttl_ms, 24 * 3600 * 1000);
    assert_int_equal(c->limits_requests_per_minute, 100);
    assert_int_equal(c->limits_burst_per_second, 200);
    assert_int_equal(c->limits_votes_per_day, 100);
    assert_int_equal(c->limits_body_bytes, 65536);
    assert_int_equal(c->accounts_hash_memory_bytes, 19 << 20);
    assert_int_equal(c->live_min_gap_ms, 50);
    assert_int_equal(c->log_level, LOG_INFO);
    assert_int_equal(c->log_format, LOG_FORMAT_AUTO);
    assert_int_equal(c->roles, ROLES_ALL);
    assert_int_equal(c->profile, PROFILE_EMBEDDED);
    load_done(&l);
}

static void words_are_in_the_order_of_their_enum(void **state)
{
    static const struct {
        enum config_key key;
        const char *word;
        int want;
    } rows[] = {
        {CONFIG_KEY_log_level, "error", LOG_ERROR},
        {CONFIG_KEY_log_level, "warn", LOG_WARN},
        {CONFIG_KEY_log_level, "info", LOG_INFO},
        {CONFIG_KEY_log_level, "debug", LOG_DEBUG},
        {CONFIG_KEY_log_format, "auto", LOG_FORMAT_AUTO},
        {CONFIG_KEY_log_format, "json", LOG_FORMAT_JSON},
        {CONFIG_KEY_log_format, "text", LOG_FORMAT_TEXT},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct config_flag flag = {rows[i].key, rows[i].word};
        struct load l = load(&(struct config_sources){.flags = &flag, .n_flags = 1});

        CHECK_EQ_AT(rows[i].word, l.rc, 0);
        CHECK_EQ_AT(rows[i].word,
                    rows[i].key == CONFIG_KEY_log_level ? l.config.log_level
                                                        : l.config.log_format,
                    rows[i].want);
        load_done(&l);
    }
}

static void roles_and_profiles_are_those_of_their_words(void **state)
{
    static const struct {
        const char *words;
        unsigned want;
    } rows[] = {
        {"polls", ROLE_POLLS},
        {"votes", ROLE_VOTES},
        {"live", ROLE_LIVE},
        {"worker", ROLE_WORKER},
        {"live,polls", ROLE_LIVE | ROLE_POLLS},
        {"all", ROLES_ALL},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct config_flag flags[] = {{CONFIG_KEY_profile, "cluster"},
                                            {CONFIG_KEY_roles, rows[i].words}};
        struct load l = load(&(struct config_sources){.flags = flags, .n_flags = 2});

        CHECK_EQ_AT(rows[i].words, l.rc, 0);
        CHECK_EQ_AT(rows[i].words, l.config.roles, rows[i].want);
        CHECK_EQ_AT(rows[i].words, l.config.profile, PROFILE_CLUSTER);
        load_done(&l);
    }
}

static void one_machine_has_every_role(void **state)
{
    const struct config_flag flags[] = {{CONFIG_KEY_roles, "polls,votes,live"}};
    struct load l = load(&(struct config_sources){.flags = flags, .n_flags = 1});
    (void)state;

    assert_int_equal(l.rc, ERR_INVALID);
    CHECK_STR(buf_str(&l.report.errors),
              "roles: expected all, since only processes of the profile cluster share "
              "the work\n");
    load_done(&l);
}

static void the_table_is_in_order(void **state)
{
    static const char *const sections[] = {
#define X(name, title) name,
        CONFIG_SECTIONS(X)
#undef X
    };
    (void)state;

    for (int i = 0; i < CONFIG__KEYS; i++) {
        const struct setting *s = config_setting((enum config_key)i);
        struct str section, name = str_of(s->name);
        bool has_title = false;

        str_cut(name, '.', &section);
        for (size_t k = 0; k < LENGTH(sections); k++)
            has_title = has_title || str_eq(section, str_of(sections[k])) ||
                        (section.len == name.len && sections[k][0] == '\0');
        CHECK_AT(s->name, has_title);
        CHECK_EQ_AT(s->name, strspn(s->name, "abcdefghijklmnopqrstuvwxyz_."), name.len);
        CHECK_AT(s->name, s->help[strlen(s->help) - 1] == '.');
        for (int k = 0; k < i; k++)
            CHECK_AT(s->name,
                     strcmp(s->name, config_setting((enum config_key)k)->name) != 0);
    }
}

static void a_key_has_three_spellings(void **state)
{
    struct buf b = {0};
    enum config_key key;
    (void)state;

    config_flag_name(config_setting(CONFIG_KEY_server_trusted_proxies), &b);
    buf_char(&b, ' ');
    config_env_name(config_setting(CONFIG_KEY_server_trusted_proxies), &b);
    CHECK_STR(buf_str(&b), "--server-trusted-proxies POLLUX_SERVER_TRUSTED_PROXIES");
    assert_int_equal(config_find(STR("server.trusted_proxies"), &key), 0);
    assert_int_equal(key, CONFIG_KEY_server_trusted_proxies);
    assert_int_equal(config_find_flag(STR("--server-trusted-proxies"), &key), 0);
    assert_int_equal(key, CONFIG_KEY_server_trusted_proxies);
    assert_int_equal(config_find(STR("server-trusted-proxies"), &key), ERR_NOT_FOUND);
    assert_int_equal(config_find_flag(STR("--server.port"), &key), ERR_NOT_FOUND);
    assert_int_equal(config_find_flag(STR("--server"), &key), ERR_NOT_FOUND);
    assert_true(config_is_section(STR("server")));
    assert_false(config_is_section(STR("serve")));
    assert_false(config_is_section(STR("roles")));
    assert_false(config_is_section(STR("")));
    buf_done(&b);
}

static void flags_win_over_environment_over_file_over_default(void **state)
{
    static const char yaml[] = "server: {port: 1, loops: 2, max_connections: 3}\n";
    static char *const env[] = {(char *)"POLLUX_SERVER_PORT=10",
                                (char *)"POLLUX_SERVER_LOOPS=20", NULL};
    const struct config_flag flags[] = {{CONFIG_KEY_server_port, "100"}};
    const char *path = file_with(yaml, sizeof yaml - 1);
    struct load l = load(&(struct config_sources){
        .flags = flags, .n_flags = 1, .env = env, .file = path});
    const struct config *c = &l.config;
    (void)state;

    CHECK_STR(buf_str(&l.report.errors), "");
    assert_int_equal(c->server_port, 100);
    assert_int_equal(c->server_loops, 20);
    assert_int_equal(c->server_max_connections, 3);
    assert_int_equal(c->ballot_queue, 16384);
    assert_int_equal(c->origins[CONFIG_KEY_server_port].source, CONFIG_FLAG);
    assert_int_equal(c->origins[CONFIG_KEY_server_loops].source, CONFIG_ENV);
    assert_int_equal(c->origins[CONFIG_KEY_server_max_connections].source, CONFIG_FILE);
    assert_int_equal(c->origins[CONFIG_KEY_server_max_connections].line, 1);
    assert_string_equal(c->file, path);
    unlink(path);
    load_done(&l);
}

static void the_environment_may_name_the_file_and_the_flag_wins(void **state)
{
    static char *const env[] = {(char *)"POLLUX_CONFIG=/nowhere/env.yaml", NULL};
    struct load l = load(&(struct config_sources){.env = env});
    (void)state;

    assert_int_equal(l.rc, ERR_INVALID);
    CHECK_STR(buf_str(&l.report.errors),
              "/nowhere/env.yaml: cannot be read: No such file or directory\n");
    load_done(&l);

    l = load(&(struct config_sources){.env = env, .file = "/nowhere/flag.yaml"});
    CHECK_HAS(buf_str(&l.report.errors), "/nowhere/flag.yaml: ");
    load_done(&l);

    l = load(&(struct config_sources){.file = "/tmp"});
    CHECK_STR(buf_str(&l.report.errors), "/tmp: cannot be read: Is a directory\n");
    load_done(&l);
}

static void a_file_has_a_cap(void **state)
{
    struct buf text = {0};
    const char *path;
    struct load l;
    (void)state;

    memset(buf_reserve(&text, CONFIG_FILE_BYTES + 1), '\n', CONFIG_FILE_BYTES + 1);
    path = file_with(text.data, CONFIG_FILE_BYTES);
    l = load(&(struct config_sources){.file = path});
    assert_int_equal(l.rc, 0);
    load_done(&l);
    unlink(path);
    path = file_with(text.data, CONFIG_FILE_BYTES + 1);
    l = load(&(struct config_sources){.file = path});
    CHECK_HAS(buf_str(&l.report.errors), "cannot be read: File too large");
    load_done(&l);
    unlink(path);
    buf_done(&text);
}

static void every_problem_is_one_line_with_its_place(void **state)
{
    static char *const env[] = {(char *)"POLLUX_SERVER_LOOPS=many",
                                (char *)"POLLUX_JWT_TTL=0s", NULL};
    const struct config_flag flags[] = {{CONFIG_KEY_server_port, "http"},
                                        {CONFIG_KEY_log_level, "loud"}};
    struct load l =
        load(&(struct config_sources){.flags = flags, .n_flags = 2, .env = env});
    (void)state;

    assert_int_equal(l.rc, ERR_INVALID);
    CHECK_STR(buf_str(&l.report.errors),
              "POLLUX_SERVER_LOOPS: expected a number from 0 to 64, not \"many\"\n"
              "POLLUX_JWT_TTL: expected a duration from 1s to 3650d, not \"0s\"\n"
              "--server-port: expected a number from 0 to 65535, not \"http\"\n"
              "--log-level: expected error, warn, info or debug, not \"loud\"\n");
    assert_null(l.config.server_address); /* nothing is given */
    load_done(&l);
}

static void an_empty_variable_is_not_set(void **state)
{
    static char *const env[] = {
        (char *)"POLLUX_SERVER_PORT=", (char *)"POLLUX_CONFIG=",
        (char *)"POLLUX_JWT_SECRET=", (char *)"POLLUX_JWT_SECRET_FILE=", NULL};
    struct load l = load(&(struct config_sources){.env = env});
    (void)state;

    assert_int_equal(l.rc, 0);
    assert_int_equal(l.config.server_port, 8080);
    assert_int_equal(l.config.origins[CONFIG_KEY_server_port].source, CONFIG_DEFAULT);
    CHECK_STR(buf_str(&l.report.warnings), "");
    load_done(&l);
}

static void the_last_of_a_repeated_flag_counts(void **state)
{
    const struct config_flag flags[] = {
        {CONFIG_KEY_server_origins, "http://a,http://b"},
        {CONFIG_KEY_server_origins, "http://c"}};
    struct load l = load(&(struct config_sources){.flags = flags, .n_flags = 2});
    (void)state;

    assert_int_equal(l.config.server_origins.n, 1);
    assert_string_equal(l.config.server_origins.items[0], "http://c");
    load_done(&l);
}

static void a_variable_that_nobody_knows_is_a_warning(void **state)
{
    static char *const env[] = {(char *)"POLLUX_SERVER_PROT=1",
                                (char *)"POLLUX_ELSEWHERE=1",
                                (char *)"POLLUX_SERVER_PORT_FILE=1",
                                (char *)"POLLUX_=1",
                                (char *)"POLLUXSERVER=1",
                                (char *)"pollux_server_port=1",
                                (char *)"POLLUX_LOG_LEVEL=warn",
                                NULL};
    struct load l = load(&(struct config_sources){.env = env});
    (void)state;

    assert_int_equal(l.rc, 0);
    CHECK_STR(buf_str(&l.report.warnings),
              "POLLUX_SERVER_PROT: no such configuration variable; did you mean "
              "POLLUX_SERVER_PORT?\n"
              "POLLUX_ELSEWHERE: no such configuration variable\n"
              "POLLUX_SERVER_PORT_FILE: no such configuration variable; did you mean "
              "POLLUX_SERVER_PORT?\n"
              "POLLUX_: no such configuration variable\n");
    load_done(&l);
}

static void a_secret_may_be_in_a_file(void **state)
{
    static const struct {
        const char *why, *text, *secret, *error;
    } rows[] = {
        {"as it is", "0123456789abcdef0123456789abcdef",
         "0123456789abcdef0123456789abcdef", ""},
        {"without the end of the line", "0123456789abcdef0123456789abcdef\n",
         "0123456789abcdef0123456789abcdef", ""},
        {"written elsewhere", "0123456789abcdef0123456789abcdef\r\n",
         "0123456789abcdef0123456789abcdef", ""},
        {"spaces and further lines are part of it",
         " 0123456789abcdef\n0123456789abcdef\n\n",
         " 0123456789abcdef\n0123456789abcdef\n", ""},
        {"empty", "", NULL, "POLLUX_JWT_SECRET_FILE: the file is empty\n"},
        {"only a line", "\n", NULL, "POLLUX_JWT_SECRET_FILE: the file is empty\n"},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        const char *path = file_with(rows[i].text, strlen(rows[i].text));
        char variable[80];
        char *const env[] = {variable, NULL};
        struct load l;

        snprintf(variable, sizeof variable, "POLLUX_JWT_SECRET_FILE=%s", path);
        l = load(&(struct config_sources){.env = env});
        unlink(path);
        CHECK_STR_AT(rows[i].why, buf_str(&l.report.warnings), "");
        CHECK_HAS_AT(rows[i].why, buf_str(&l.report.errors), rows[i].error);
        CHECK_STR_AT(rows[i].why, str_of(l.config.jwt_secret), rows[i].secret);
        CHECK_EQ_AT(rows[i].why, l.rc, rows[i].secret != NULL ? 0 : ERR_INVALID);
        load_done(&l);
    }
}

static void a_secret_has_one_source_in_the_environment(void **state)
{
    static char *const both[] = {(char *)"POLLUX_JWT_SECRET=hush",
                                 (char *)"POLLUX_JWT_SECRET_FILE=/dev/null", NULL};
    static char *const missing[] = {(char *)"POLLUX_JWT_SECRET_FILE=/nowhere/x", NULL};
    struct load l = load(&(struct config_sources){.env = both});
    (void)state;

    CHECK_STR(
        buf_str(&l.report.errors),
        "POLLUX_JWT_SECRET: set either this or the variable with _FILE, not both\n");
    load_done(&l);
    l = load(&(struct config_sources){.env = missing});
    CHECK_STR(buf_str(&l.report.errors),
              "POLLUX_JWT_SECRET_FILE: cannot be read: No such "
              "file or directory\n");
    load_done(&l);
}

static void a_short_secret_is_a_warning_that_does_not_tell_it(void **state)
{
    const struct config_flag flags[] = {
        {CONFIG_KEY_jwt_secret, "hush-31-bytes-hush-31-bytes-hus"}};
    struct load l = load(&(struct config_sources){.flags = flags, .n_flags = 1});
    (void)state;

    assert_int_equal(l.rc, 0);
    CHECK_STR(buf_str(&l.report.warnings),
              "jwt.secret: shorter than 32 bytes, so it can "
              "be guessed from a token; `openssl rand -hex 32` makes a better one\n");
    load_done(&l);
}

static void a_segment_fits_the_journal(void **state)
{
    struct config_flag flags[] = {{CONFIG_KEY_journal_max_bytes, "8MiB"},
                                  {CONFIG_KEY_journal_segment_bytes, "8MiB"}};
    struct load l = load(&(struct config_sources){.flags = flags, .n_flags = 2});
    (void)state;

    assert_int_equal(l.rc, 0);
    load_done(&l);
    flags[1].value = "8193KiB";
    l = load(&(struct config_sources){.flags = flags, .n_flags = 2});
    assert_int_equal(l.rc, ERR_INVALID);
    CHECK_HAS(buf_str(&l.report.errors), "journal.segment_bytes: expected at most");
    load_done(&l);
}

static void problems_of_others_are_kept(void **state)
{
    struct load l = {0};
    (void)state;

    buf_text(&l.report.errors, "earlier\n");
    assert_int_equal(config_load(&(struct config_sources){0}, &l.config, &l.report), 0);
    CHECK_STR(buf_str(&l.report.errors), "earlier\n");
    load_done(&l);
}

/* --- for people --- */

/* What is printed can be used as a file, and says the same. */
static void print_is_a_file_that_says_the_same(void **state)
{
    static char *const env[] = {
        (char *)"POLLUX_DATA_DIR=/a # \"b\": [c]\n\x7f\xc2\x80\xc2\x85\xc2\x9f\xc2\xa0"
                "\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf\xef\xbf\xbd\xef\xbf\xbe\xef\xbf"
                "\xbf",
        NULL};
    const struct config_flag flags[] = {
        {CONFIG_KEY_server_origins, "https://a.example,http://[::1]:8080"},
        {CONFIG_KEY_server_trusted_proxies, "10.0.0.0/8,::1"},
        {CONFIG_KEY_jwt_ttl_ms, "1h30m"},
        {CONFIG_KEY_jwt_secret, "a secret that must not be shown to anybody"},
        {CONFIG_KEY_limits_body_bytes, "100000"},
        {CONFIG_KEY_log_level, "debug"},
    };
    struct load l = load(
        &(struct config_sources){.flags = flags, .n_flags = LENGTH(flags), .env = env});
    struct buf first = {0}, second = {0};
    const char *path;
    struct load again;
    (void)state;

    assert_int_equal(l.rc, 0);
    config_print(&l.config, &first);
    CHECK_HAS(buf_str(&first), "# jwt.secret: (set) ");
    CHECK_HAS(buf_str(&first), "# flag --jwt-secret\n");
    CHECK_HAS(buf_str(&first), "# environment POLLUX_DATA_DIR\n");
    CHECK_HAS(buf_str(&first), "server.port: 8080 ");
    CHECK_HAS(buf_str(&first), "# default\n");
    assert_null(memmem(first.data, first.len, "anybody", 7));

    path = file_with(first.data, first.len);
    again = load(&(struct config_sources){.file = path});
    CHECK_STR(buf_str(&again.report.errors), "");
    assert_int_equal(again.rc, 0);
    config_print(&again.config, &second);
    CHECK_HAS(buf_str(&second), "# jwt.secret: (not set) ");
    CHECK_HAS(buf_str(&second), "line 12\n");
    for (int i = 0; i < CONFIG__KEYS; i++) {
        const struct setting *s = config_setting((enum config_key)i);
        struct buf a = {0}, b = {0};

        if (s->type == SETTING_SECRET)
            continue;
        setting_show(s, &l.config, &a);
        setting_show(s, &again.config, &b);
        buf_char(&b, '\0');
        CHECK_STR_AT(s->name, buf_str(&a), b.data);
        buf_done(&a);
        buf_done(&b);
    }
    unlink(path);
    buf_done(&first);
    buf_done(&second);
    load_done(&l);
    load_done(&again);
}

static void help_and_manual_name_every_key(void **state)
{
    struct buf help = {0}, manual = {0}, name = {0};
    struct str rest, line;
    (void)state;

    config_help(&help);
    config_markdown(&manual);
    for (int i = 0; i < CONFIG__KEYS; i++) {
        const struct setting *s = config_setting((enum config_key)i);

        name.len = 0;
        buf_text(&name, "\n  ");
        config_flag_name(s, &name);
        buf_text(&name, " ");
        buf_char(&name, '\0');
        CHECK_HAS(buf_str(&help), name.data);
        name.len = 0;
        buf_printf(&name, "\n| `%s` |", s->name);
        buf_char(&name, '\0');
        CHECK_HAS(buf_str(&manual), name.data);
    }
    for (rest = buf_str(&help); rest.len != 0;) {
        rest = str_cut(rest, '\n', &line);
        CHECK_AT("help fits the terminal", line.len <= 88);
    }
    CHECK_HAS(buf_str(&help), "list of processes");
    CHECK_HAS(buf_str(&manual), "&lt;data.dir&gt;/address");
    buf_done(&help);
    buf_done(&manual);
    buf_done(&name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_default_is_a_value_of_its_key),
        cmocka_unit_test(the_defaults_are_those_that_were_promised),
        cmocka_unit_test(words_are_in_the_order_of_their_enum),
        cmocka_unit_test(roles_and_profiles_are_those_of_their_words),
        cmocka_unit_test(one_machine_has_every_role),
        cmocka_unit_test(the_table_is_in_order),
        cmocka_unit_test(a_key_has_three_spellings),
        cmocka_unit_test(flags_win_over_environment_over_file_over_default),
        cmocka_unit_test(the_environment_may_name_the_file_and_the_flag_wins),
        cmocka_unit_test(a_file_has_a_cap),
        cmocka_unit_test(every_problem_is_one_line_with_its_place),
        cmocka_unit_test(an_empty_variable_is_not_set),
        cmocka_unit_test(the_last_of_a_repeated_flag_counts),
        cmocka_unit_test(a_variable_that_nobody_knows_is_a_warning),
        cmocka_unit_test(a_secret_may_be_in_a_file),
        cmocka_unit_test(a_secret_has_one_source_in_the_environment),
        cmocka_unit_test(a_short_secret_is_a_warning_that_does_not_tell_it),
        cmocka_unit_test(a_segment_fits_the_journal),
        cmocka_unit_test(problems_of_others_are_kept),
        cmocka_unit_test(print_is_a_file_that_says_the_same),
        cmocka_unit_test(help_and_manual_name_every_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
