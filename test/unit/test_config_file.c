/* test_config_file.c — the YAML file of the configuration. */
#include "lib/check.h"

#include "config/config_file.h"

struct read {
    struct config config;
    struct buf errors;
};

static struct read read_text(const char *text)
{
    struct read r = {0};

    config_file_apply(&r.config, str_of(text), "f.yaml", &r.errors);
    return r;
}

static void read_done(struct read *r)
{
    config_done(&r->config);
    buf_done(&r->errors);
}

static void reads_sections_whole_names_and_lists(void **state)
{
    struct read r = read_text("# a comment\n"
                              "server:\n"
                              "  port: 9000\n"
                              "  address: '::'\n"
                              "  origins:\n"
                              "    - https://a.example\n"
                              "    - \"http://b\"\n"
                              "  trusted_proxies: []\n"
                              "log.level: debug\n"
                              "jwt: {ttl: 2h, secret: \"12 \\u00e4\"}\n"
                              "roles: all\n");
    const struct config *c = &r.config;
    (void)state;

    CHECK_STR(buf_str(&r.errors), "");
    assert_int_equal(c->server_port, 9000);
    assert_string_equal(c->server_address, "::");
    assert_int_equal(c->server_origins.n, 2);
    assert_string_equal(c->server_origins.items[1], "http://b");
    assert_int_equal(c->server_trusted_proxies.n, 0);
    assert_int_equal(c->log_level, 3);
    assert_int_equal(c->jwt_ttl_ms, 7200000);
    assert_string_equal(c->jwt_secret, "12 \xc3\xa4");
    assert_int_equal(c->origins[CONFIG_KEY_server_port].source, CONFIG_FILE);
    assert_int_equal(c->origins[CONFIG_KEY_server_port].line, 3);
    assert_int_equal(c->origins[CONFIG_KEY_log_level].line, 9);
    assert_int_equal(c->origins[CONFIG_KEY_data_dir].source, CONFIG_DEFAULT);
    read_done(&r);
}

static void a_file_may_say_nothing(void **state)
{
    static const char *const rows[] = {"",
                                       "\n\n",
                                       "# only a comment\n",
                                       "---\n",
                                       "--- ~\n",
                                       "{}",
                                       "server:\n",
                                       "server:\n#  port: 1\nlog: ~\n",
                                       "%YAML 1.1\n---\n...\n"};
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct read r = read_text(rows[i]);

        CHECK_STR_AT(rows[i], buf_str(&r.errors), "");
        read_done(&r);
    }
}

static const struct {
    const char *text, *errors;
} mistakes[] = {
    {"server:\n  port: high\n",
     "f.yaml:2: server.port: expected a number from 0 to 65535, not \"high\"\n"},
    {"server:\n  prot: 1\n",
     "f.yaml:2: server.prot: no such key; did you mean server.port?\n"},
    {"\nbogus: 1\n", "f.yaml:2: bogus: no such key\n"},
    {"bogus: {a: {b: [1, {c: 2}]}}\n", "f.yaml:1: bogus: no such key\n"},
    {"server: {tls: {port: 1}}\n", "f.yaml:1: server.tls: no such key\n"},
    {"\"a\\nb\": 1\n", "f.yaml:1: \"a\\nb\": no such key\n"},
    {"server: {port: 1, port: 2}\n", "f.yaml:1: server.port: set before, in line 1\n"},
    {"server: {port: 1}\nserver.port: 2\n",
     "f.yaml:2: server.port: set before, in line 1\n"},
    {"server: {port: 1}\nserver:\n  port: 2\n",
     "f.yaml:3: server.port: set before, in line 1\n"},
    {"server: 8080\n", "f.yaml:1: server: expected a section with keys below it\n"},
    {"server: [8080]\n", "f.yaml:1: server: expected a section with keys below it\n"},
    {"server.port: {a: 1}\n",
     "f.yaml:1: server.port: expected a number from 0 to 65535, not a section\n"},
    {"server.port: [1]\n",
     "f.yaml:1: server.port: expected a number from 0 to 65535, not a list\n"},
    {"server.port:\n", "f.yaml:1: server.port: expected a number from 0 to 65535, "
                       "not an empty value\n"},
    {"server.port: ~\n", "not an empty value\n"},
    {"server.port: null\n", "not an empty value\n"},
    {"data.dir: 'null'\n", ""}, /* in quotes it is a name */
    {"server.origins: https://a\n",
     "f.yaml:1: server.origins: expected a list of origins such as "
     "https://polls.example, not a single text\n"},
    {"roles: [polls, [live]]\n",
     "f.yaml:1: roles: expected a list of at most 256 texts\n"},
    {"roles: [polls, lives]\n", "not \"lives\"\n"},
    {"roles: {polls: yes}\n", "f.yaml:1: roles: expected all, or one or more of polls, "
                              "votes, live or worker, not a section\n"},
    {"roles: []\n", "not \"\"\n"},
    {"roles: live, polls\n", ""},
    {"roles: [live, polls]\n", ""},
    {"server.origins: [[https://a]]\n",
     "f.yaml:1: server.origins: expected a list of at most 256 texts\n"},
    {"server.origins: [https://a, b]\n", "not \"b\"\n"},
    {"jwt.secret: \"hush\\0hush\"\n",
     "f.yaml:1: jwt.secret: expected text of at most 4096 bytes\n"},
    {"[a]: 1\n", "f.yaml:1: expected the name of a key\n"},
    {"server: {[a]: 1}\n", "f.yaml:1: server: expected the name of a key\n"},
    {"- a\n", "f.yaml:1: expected keys and values\n"},
    {"just text\n", "f.yaml:1: expected keys and values\n"},
    {"a: [1\nb: 2\n", "f.yaml:2: this is not YAML: "},
    {"a: \"x\n", "this is not YAML: "},
    {"\tserver: 1\n", "f.yaml:1: this is not YAML: "},
    {"a: \xff\n", "this is not YAML: "},
    {"a: *b\n", "this is not YAML: "},
    {"roles: all\n---\nroles: all\n",
     "f.yaml:2: expected one document, not a second one\n"},
    {"roles: all\n...\n}\n", "this is not YAML: "},
};

static void says_where_and_what_is_wrong(void **state)
{
    (void)state;

    for (size_t i = 0; i < LENGTH(mistakes); i++) {
        struct read r = read_text(mistakes[i].text);

        CHECK_HAS_AT(mistakes[i].text, buf_str(&r.errors), mistakes[i].errors);
        CHECK_EQ_AT(mistakes[i].text, r.errors.len != 0, mistakes[i].errors[0] != '\0');
        if (mistakes[i].errors[0] == 'f' &&
            strstr(mistakes[i].errors, "YAML: ") == NULL)
            CHECK_STR_AT(mistakes[i].text, buf_str(&r.errors), mistakes[i].errors);
        read_done(&r);
    }
}

static void goes_on_after_a_problem(void **state)
{
    struct read r = read_text("server: {port: x, loops: 3}\nbogus: 1\nlog.level: y\n");
    (void)state;

    CHECK_STR(buf_str(&r.errors),
              "f.yaml:1: server.port: expected a number from 0 to 65535, not \"x\"\n"
              "f.yaml:2: bogus: no such key\n"
              "f.yaml:3: log.level: expected error, warn, info or debug, not \"y\"\n");
    assert_int_equal(r.config.server_loops, 3);
    read_done(&r);
}

static void an_alias_is_what_it_stands_for_and_may_not_explode(void **state)
{
    struct read r = read_text("server: {port: &p 90}\nlimits.votes_per_day: *p\n");
    (void)state;

    CHECK_STR(buf_str(&r.errors), "");
    assert_int_equal(r.config.limits_votes_per_day, 90);
    read_done(&r);

    r = read_text("server: &s\n  tls: *s\n"); /* a section inside itself */
    assert_true(r.errors.len != 0);
    read_done(&r);
}

static void a_list_has_a_cap(void **state)
{
    struct buf text = {0};
    struct read r = {0};
    (void)state;

    buf_text(&text, "server.origins:\n");
    for (int i = 0; i < SETTING_ITEMS; i++)
        buf_text(&text, "- http://a\n");
    config_file_apply(&r.config, buf_str(&text), "f.yaml", &r.errors);
    CHECK_STR(buf_str(&r.errors), "");
    assert_int_equal(r.config.server_origins.n, SETTING_ITEMS);
    read_done(&r);

    for (int i = 0; i < 300; i++)
        buf_text(&text, "- http://a\n");
    config_file_apply(&r.config, buf_str(&text), "f.yaml", &r.errors);
    CHECK_HAS(buf_str(&r.errors), "at most 256");
    read_done(&r);
    buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_sections_whole_names_and_lists),
        cmocka_unit_test(a_file_may_say_nothing),
        cmocka_unit_test(says_where_and_what_is_wrong),
        cmocka_unit_test(goes_on_after_a_problem),
        cmocka_unit_test(an_alias_is_what_it_stands_for_and_may_not_explode),
        cmocka_unit_test(a_list_has_a_cap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
