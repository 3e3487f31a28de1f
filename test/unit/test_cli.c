/* test_cli.c — the command line. */
#include "lib/check.h"

#include "cli/cli.h"

enum { ARGS = 12 };

/* One call of the program. */
struct call {
    struct cli cli;
    struct config config;
    struct cli_text text;
    enum cli_exit exit;
};

/* args: separated by spaces; a value has none */
static struct call call_env(const char *args, char *const *env)
{
    static char words[512]; /* flags point into it, as into argv */
    char *argv[ARGS + 1] = {(char *)"pollux"};
    struct call c = {0};
    int argc = 1;

    assert_true(strlen(args) < sizeof words);
    strcpy(words, args);
    for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) {
        assert_true(argc < ARGS);
        argv[argc++] = word;
    }
    c.exit = cli_start(argc, argv, env, &c.cli, &c.config, &c.text);
    return c;
}

static struct call call(const char *args)
{
    static char *const env[] = {NULL};

    return call_env(args, env);
}

static void call_done(struct call *c)
{
    config_done(&c->config);
    cli_text_done(&c->text);
}

static void finds_the_command_and_its_flags(void **state)
{
    static const struct {
        const char *args;
        enum cli_command command;
        int port;
    } rows[] = {
        {"serve", CLI_SERVE, 8080},
        {"serve --server-port 81", CLI_SERVE, 81},
        {"serve --server-port=82", CLI_SERVE, 82},
        {"--server-port 83 serve", CLI_SERVE, 83},
        {"serve --server-port 1 --server-port 84", CLI_SERVE, 84},
        {"verify --server-port 85", CLI_VERIFY, 85},
        {"token --server-port 86 --count 2", CLI_TOKEN, 86},
        {"demo --server-port 87", CLI_DEMO, 87},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct call c = call(rows[i].args);

        CHECK_STR_AT(rows[i].args, buf_str(&c.text.err), "");
        CHECK_STR_AT(rows[i].args, buf_str(&c.text.out), "");
        CHECK_EQ_AT(rows[i].args, c.exit, CLI_GO_ON);
        CHECK_EQ_AT(rows[i].args, c.cli.command, rows[i].command);
        CHECK_EQ_AT(rows[i].args, c.config.server_port, rows[i].port);
        call_done(&c);
    }
}

static void a_value_may_hold_an_equals_sign_and_begin_with_a_dash(void **state)
{
    struct call c = call("serve --data-dir=/a=b --jwt-secret -x-");
    (void)state;

    assert_int_equal(c.exit, CLI_GO_ON);
    assert_string_equal(c.config.data_dir, "/a=b");
    assert_string_equal(c.config.jwt_secret, "-x-");
    call_done(&c);
}

static void options_have_defaults(void **state)
{
    struct call c = call("token");
    (void)state;

    assert_int_equal(c.cli.token_first, 1);
    assert_int_equal(c.cli.token_count, 1);
    assert_int_equal(c.cli.token_kind, CLI_KIND_GUEST);
    assert_true(c.cli.demo_polls > 0 && c.cli.demo_voters > 0 && c.cli.demo_rate > 0);
    assert_int_equal(c.cli.demo_for_ms, 0);
    assert_false(c.cli.print || c.cli.repair);
    call_done(&c);
}

static void some_commands_have_an_operand(void **state)
{
    struct call c = call("backup /b/x.db --force");
    (void)state;

    assert_int_equal(c.exit, CLI_GO_ON);
    assert_int_equal(c.cli.command, CLI_BACKUP);
    assert_string_equal(c.cli.operand, "/b/x.db");
    assert_true(c.cli.force);
    call_done(&c);

    c = call("restore --data-dir d x.db");
    assert_int_equal(c.cli.command, CLI_RESTORE);
    assert_string_equal(c.cli.operand, "x.db");
    assert_string_equal(c.config.data_dir, "d");
    assert_false(c.cli.force);
    call_done(&c);

    c = call("export --csv 4294967295");
    assert_int_equal(c.exit, CLI_GO_ON);
    assert_int_equal(c.cli.command, CLI_EXPORT);
    assert_int_equal(c.cli.export_poll, UINT32_MAX);
    assert_false(c.cli.all);
    call_done(&c);

    c = call("export --all /var/lib/new"); /* a directory, and no poll */
    assert_int_equal(c.exit, CLI_GO_ON);
    assert_true(c.cli.all);
    assert_string_equal(c.cli.operand, "/var/lib/new");
    call_done(&c);

    c = call("import /var/lib/old");
    assert_int_equal(c.exit, CLI_GO_ON);
    assert_int_equal(c.cli.command, CLI_IMPORT);
    assert_string_equal(c.cli.operand, "/var/lib/old");
    call_done(&c);
}

static void the_demo_beside_a_server_is_asked_for(void **state)
{
    struct call with = call("serve --demo"), without = call("serve"),
                other = call("verify --demo");
    (void)state;

    assert_true(with.cli.with_demo);
    assert_false(without.cli.with_demo);
    assert_int_equal(other.exit, CLI_USAGE);
    call_done(&with);
    call_done(&without);
    call_done(&other);
}

static void options_are_those_of_the_command(void **state)
{
    struct call c = call("token --first 5 --count=1000 --kind user");
    (void)state;

    assert_int_equal(c.exit, CLI_GO_ON);
    assert_int_equal(c.cli.token_first, 5);
    assert_int_equal(c.cli.token_count, 1000);
    assert_int_equal(c.cli.token_kind, CLI_KIND_USER);
    call_done(&c);

    c = call("verify --repair");
    assert_int_equal(c.exit, CLI_GO_ON);
    assert_true(c.cli.repair);
    call_done(&c);

    c = call("demo --polls 3 --voters 4 --rate 5 --for 1m");
    assert_int_equal(c.exit, CLI_GO_ON);
    assert_int_equal(c.cli.demo_polls, 3);
    assert_int_equal(c.cli.demo_voters, 4);
    assert_int_equal(c.cli.demo_rate, 5);
    assert_int_equal(c.cli.demo_for_ms, 60000);
    call_done(&c);
}

static void a_wrong_command_line_is_status_2(void **state)
{
    static const struct {
        const char *args, *err;
    } rows[] = {
        {"", "Usage: pollux COMMAND"},
        {"--server-port 1", "Usage: pollux COMMAND"},
        {"serv", "pollux: no such command: \"serv\"; did you mean serve?\n"
                 "Try `pollux --help`.\n"},
        {"frobnicate",
         "pollux: no such command: \"frobnicate\"\nTry `pollux --help`.\n"},
        {"serve now", "pollux: one argument too many: \"now\"\n"
                      "Try `pollux serve --help`.\n"},
        {"serve --server-prot 1",
         "pollux: no such option: --server-prot; did you mean --server-port?\n"
         "Try `pollux serve --help`.\n"},
        {"serve --server-prot=1", "no such option: --server-prot; did you mean"},
        {"serve --confg x", "did you mean --config?"},
        {"serve --hlep", "did you mean --help?"},
        {"token --cuont 1", "did you mean --count?"},
        {"serve --count 1", "no such option: --count\n"}, /* of another command */
        {"--count 1 token", "no such option: --count\n"},
        {"serve --server.port 1", "did you mean --server-port?"},
        {"serve -p 1", "no such option: -p\n"},
        {"serve --", "no such option: --\n"},
        {"serve --frobnicate", "no such option: --frobnicate\n"},
        {"serve --server-port", "pollux: --server-port needs a value\n"
                                "Try `pollux serve --help`.\n"},
        {"serve --config", "pollux: --config needs a value\n"},
        {"serve --data-dir --server-port 1", "--data-dir needs a value\n"},
        {"token --count", "--count needs a value\n"},
        {"token --count 0",
         "pollux: --count: expected a number from 1 to 10000000, not \"0\"\n"},
        {"token --first 0", "--first: expected a number from 1 to"},
        {"token --first 2147483647 --count 2", "--count: the last id would be above"},
        {"token --kind robot", "--kind: expected guest or user, not \"robot\"\n"},
        {"backup", "pollux: backup needs a FILE\nTry `pollux backup --help`.\n"},
        {"restore --force", "pollux: restore needs a FILE\n"},
        {"export --csv", "pollux: export needs a POLL\n"},
        {"backup a b", "pollux: one argument too many: \"b\"\n"},
        {"export x", "pollux: this is not the number of a poll: \"x\"\n"},
        {"export 0", "this is not the number of a poll: \"0\"\n"},
        {"export 4294967296", "this is not the number of a poll: "},
        {"export 1 --csv=no", "--csv: there is no other format yet"},
        {"export 1 --force", "no such option: --force"},
        {"check-config --print=perhaps", "--print: expected true or false"},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct call c = call(rows[i].args);

        CHECK_EQ_AT(rows[i].args, c.exit, CLI_USAGE);
        CHECK_HAS_AT(rows[i].args, buf_str(&c.text.err), rows[i].err);
        CHECK_STR_AT(rows[i].args, buf_str(&c.text.out), "");
        call_done(&c);
    }
}

static void the_last_id_may_be_the_greatest(void **state)
{
    struct call c = call("token --first 2147483647 --count 1");
    (void)state;

    assert_int_equal(c.exit, CLI_GO_ON);
    call_done(&c);
    c = call("token --first 2147483000 --count 648");
    assert_int_equal(c.exit, CLI_GO_ON);
    call_done(&c);
}

static void help_needs_nothing_to_be_right(void **state)
{
    static const struct {
        const char *args, *part;
    } rows[] = {
        {"--help", "Commands:\n  serve "},
        {"-h", "Commands:\n"},
        {"serve --help", "Usage: pollux serve "},
        {"serve --help", "\n  --server-port NUMBER "},
        {"serve --help", "\n  --config TEXT "},
        {"serve --config /nowhere --help", "Usage: pollux serve "},
        {"serve --server-port x -h", "Usage: pollux serve "},
        {"check-config --help", "\n  --print BOOL "},
        {"verify --help", "\n  --data-dir TEXT "},
        {"token --help", "\n  --count NUMBER "},
        {"token --help", "Examples:\n  pollux token --first 1 --count 1000"},
        {"demo --help", "\n  --rate NUMBER "},
        {"backup --help", "Usage: pollux backup FILE [OPTIONS]\n"},
        {"backup x --help", "Usage: pollux backup FILE [OPTIONS]\n"},
        {"export x --version", "pollux "},
        {"--version", "pollux " POLLUX_VERSION "\n"},
        {"-V", "pollux "},
        {"serve --version", "pollux "},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct call c = call(rows[i].args);

        CHECK_EQ_AT(rows[i].args, c.exit, CLI_OK);
        CHECK_HAS_AT(rows[i].args, buf_str(&c.text.out), rows[i].part);
        CHECK_STR_AT(rows[i].args, buf_str(&c.text.err), "");
        call_done(&c);
    }
}

static void help_names_every_command_and_fits_the_terminal(void **state)
{
    static const char *const helps[] = {
        "--help",        "serve --help",   "token --help",
        "verify --help", "demo --help",    "check-config -h",
        "backup --help", "restore --help", "export --help"};
    (void)state;

    for (size_t i = 0; i < LENGTH(helps); i++) {
        struct call c = call(helps[i]);
        struct str rest = buf_str(&c.text.out), line;

        for (int k = 0; i == 0 && k < CLI__COMMANDS; k++)
            CHECK_HAS(rest, cli_spec((enum cli_command)k)->name);
        while (rest.len != 0) {
            rest = str_cut(rest, '\n', &line);
            CHECK_AT(helps[i], line.len <= 88);
        }
        CHECK_AT(helps[i],
                 memmem(c.text.out.data, c.text.out.len, "markdown", 8) == NULL);
        call_done(&c);
    }
}

static void check_config_says_ok(void **state)
{
    static char *const env[] = {(char *)"POLLUX_SERVER_PROT=1", NULL};
    struct call c = call("check-config");
    (void)state;

    assert_int_equal(c.exit, CLI_GO_ON);
    CHECK_STR(buf_str(&c.text.out), "configuration OK\n");
    CHECK_STR(buf_str(&c.text.err), "");
    call_done(&c);

    c = call_env("check-config", env); /* a warning does not make it wrong */
    assert_int_equal(c.exit, CLI_GO_ON);
    CHECK_STR(buf_str(&c.text.out), "configuration OK\n");
    CHECK_HAS(buf_str(&c.text.err), "warning: POLLUX_SERVER_PROT: no such ");
    assert_int_equal(c.text.warnings.len, 0); /* it has been said */
    call_done(&c);
}

static void check_config_says_every_problem(void **state)
{
    struct call c =
        call("check-config --server-port x --log-level y --config /nowhere/x");
    (void)state;

    assert_int_equal(c.exit, CLI_FAILED);
    CHECK_STR(buf_str(&c.text.out), "");
    CHECK_STR(buf_str(&c.text.err),
              "/nowhere/x: cannot be read: No such file or directory\n"
              "--server-port: expected a number from 0 to 65535, not \"x\"\n"
              "--log-level: expected error, warn, info or debug, not \"y\"\n");
    call_done(&c);
}

static void check_config_prints_values_and_the_manual(void **state)
{
    struct call c = call("check-config --print --server-port 81");
    (void)state;

    assert_int_equal(c.exit, CLI_GO_ON);
    CHECK_HAS(buf_str(&c.text.out), "# configuration OK\n");
    CHECK_HAS(buf_str(&c.text.out), "server.port: 81 ");
    CHECK_HAS(buf_str(&c.text.out), "# flag --server-port\n");
    call_done(&c);

    c = call("check-config --print=no");
    CHECK_STR(buf_str(&c.text.out), "configuration OK\n");
    call_done(&c);

    c = call("check-config --markdown");
    assert_int_equal(c.exit, CLI_OK);
    CHECK_HAS(buf_str(&c.text.out), "# Configuration\n");
    CHECK_HAS(buf_str(&c.text.out), "| `server.port` | `8080` | `0` to `65535` |");
    call_done(&c);
}

static void a_wrong_configuration_stops_every_command(void **state)
{
    static const char *const rows[] = {"serve --server-port x",
                                       "verify --server-port x",
                                       "token --server-port x", "demo --server-port x"};
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct call c = call(rows[i]);

        CHECK_EQ_AT(rows[i], c.exit, CLI_FAILED);
        CHECK_HAS_AT(rows[i], buf_str(&c.text.err), "--server-port: expected");
        call_done(&c);
    }
}

static void warnings_are_left_for_the_log(void **state)
{
    static char *const env[] = {(char *)"POLLUX_SERVER_PROT=1", NULL};
    struct call c = call_env("serve", env);
    (void)state;

    assert_int_equal(c.exit, CLI_GO_ON);
    CHECK_STR(buf_str(&c.text.err), "");
    CHECK_HAS(buf_str(&c.text.warnings), "POLLUX_SERVER_PROT: no such ");
    call_done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_command_and_its_flags),
        cmocka_unit_test(a_value_may_hold_an_equals_sign_and_begin_with_a_dash),
        cmocka_unit_test(options_have_defaults),
        cmocka_unit_test(some_commands_have_an_operand),
        cmocka_unit_test(the_demo_beside_a_server_is_asked_for),
        cmocka_unit_test(options_are_those_of_the_command),
        cmocka_unit_test(a_wrong_command_line_is_status_2),
        cmocka_unit_test(the_last_id_may_be_the_greatest),
        cmocka_unit_test(help_needs_nothing_to_be_right),
        cmocka_unit_test(help_names_every_command_and_fits_the_terminal),
        cmocka_unit_test(check_config_says_ok),
        cmocka_unit_test(check_config_says_every_problem),
        cmocka_unit_test(check_config_prints_values_and_the_manual),
        cmocka_unit_test(a_wrong_configuration_stops_every_command),
        cmocka_unit_test(warnings_are_left_for_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
