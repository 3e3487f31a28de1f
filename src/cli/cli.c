#include "cli/cli.h"

#include <limits.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "config/config_doc.h"
#include "config/nearest.h"

struct parsing {
    int argc;
    char *const *argv;
    int at;
    struct cli *cli;
    const struct cli_spec *spec; /* NULL: the command has not come yet */
    bool help, version;
    const char *config_file;
    struct config_flag *flags; /* room for argc */
    size_t n_flags;
    struct buf *err;
};

void cli_text_done(struct cli_text *text)
{
    buf_done(&text->out);
    buf_done(&text->err);
    buf_done(&text->warnings);
}

/* --- problems of the command line --- */

static void try_help(const struct parsing *p)
{
    buf_printf(p->err, "Try `pollux %s%s--help`.\n",
               p->spec != NULL ? p->spec->name : "", p->spec != NULL ? " " : "");
}

static void did_you_mean(const struct parsing *p, const struct nearest *near)
{
    nearest_say(near, p->err);
    buf_char(p->err, '\n');
    try_help(p);
}

static int refuse_command(struct parsing *p, const char *word)
{
    struct nearest near = {0};

    for (int i = 0; i < CLI__COMMANDS; i++)
        nearest_consider(&near, str_of(word),
                         str_of(cli_spec((enum cli_command)i)->name));
    buf_text(p->err, "pollux: no such command: ");
    buf_json_str(p->err, str_of(word));
    did_you_mean(p, &near);
    return ERR_INVALID;
}

/* List every flag that is valid here ("--help", "--config" and so on), separated by NUL
 * bytes. */
static void all_flags(const struct parsing *p, struct buf *out)
{
    buf_text(out, "--help");
    buf_char(out, '\0');
    buf_text(out, "--version");
    buf_char(out, '\0');
    buf_text(out, "--config");
    buf_char(out, '\0');
    for (size_t i = 0; p->spec != NULL && i < p->spec->n_options; i++) {
        config_flag_name(&p->spec->options[i], out);
        buf_char(out, '\0');
    }
    for (int i = 0; i < CONFIG__KEYS; i++) {
        config_flag_name(config_setting((enum config_key)i), out);
        buf_char(out, '\0');
    }
}

static int refuse_flag(struct parsing *p, struct str flag)
{
    struct buf names = {0};
    struct nearest near = {0};
    struct str rest, name;

    all_flags(p, &names);
    for (rest = buf_str(&names); rest.len != 0;) {
        rest = str_cut(rest, '\0', &name);
        nearest_consider(&near, flag, name);
    }
    buf_text(p->err, "pollux: no such option: ");
    buf_str_add(p->err, flag);
    did_you_mean(p, &near);
    buf_done(&names);
    return ERR_INVALID;
}

static int refuse_missing_value(struct parsing *p, struct str flag)
{
    buf_text(p->err, "pollux: ");
    buf_str_add(p->err, flag);
    buf_text(p->err, " needs a value\n");
    try_help(p);
    return ERR_INVALID;
}

/* --- the command line --- */

/* The value of the flag at p->at: what follows its '=', or the next argument. NULL: it
 * has none. */
static const char *take_value(struct parsing *p, struct str flag)
{
    const char *arg = p->argv[p->at];

    if (arg[flag.len] == '=')
        return arg + flag.len + 1;
    if (p->at + 1 >= p->argc || strncmp(p->argv[p->at + 1], "--", 2) == 0)
        return NULL;
    return p->argv[++p->at];
}

static int set_option(struct parsing *p, const struct setting *s, struct str flag)
{
    struct buf problem = {0};
    const char *value = "true";
    int rc;

    if (s->type != SETTING_BOOL || p->argv[p->at][flag.len] == '=')
        value = take_value(p, flag);
    if (value == NULL)
        return refuse_missing_value(p, flag);
    rc = setting_set(s, p->cli, str_of(value), &problem);
    if (rc != 0) {
        buf_text(p->err, "pollux: ");
        buf_str_add(p->err, flag);
        buf_text(p->err, ": ");
        buf_str_add(p->err, buf_str(&problem));
        buf_char(p->err, '\n');
        try_help(p);
    }
    buf_done(&problem);
    return rc;
}

/* Set an option of the command itself. ERR_NOT_FOUND: the command has no such
 * option. */
static int parse_option(struct parsing *p, struct str flag)
{
    const struct cli_spec *spec = p->spec;

    for (size_t i = 0; spec != NULL && i < spec->n_options; i++)
        if (str_eq(str_skip(flag, 2), str_of(spec->options[i].name)))
            return set_option(p, &spec->options[i], flag);
    return ERR_NOT_FOUND;
}

static int parse_flag(struct parsing *p, struct str flag)
{
    enum config_key key;
    const char *value;
    int rc = parse_option(p, flag);

    if (rc != ERR_NOT_FOUND)
        return rc;
    if (config_find_flag(flag, &key) == 0) {
        value = take_value(p, flag);
        p->flags[p->n_flags++] = (struct config_flag){.key = key, .value = value};
    } else if (str_eq(flag, STR("--config"))) {
        value = take_value(p, flag);
        p->config_file = value;
    } else {
        return refuse_flag(p, flag);
    }
    return value != NULL ? 0 : refuse_missing_value(p, flag);
}

static int parse_word(struct parsing *p, const char *word)
{
    if (p->spec != NULL && p->spec->operand != NULL && p->cli->operand == NULL) {
        p->cli->operand = word;
        return 0;
    }
    if (p->spec != NULL) {
        buf_text(p->err, "pollux: one argument too many: ");
        buf_json_str(p->err, str_of(word));
        buf_char(p->err, '\n');
        try_help(p);
        return ERR_INVALID;
    }
    for (int i = 0; i < CLI__COMMANDS; i++) {
        const struct cli_spec *spec = cli_spec((enum cli_command)i);

        if (strcmp(word, spec->name) == 0) {
            p->spec = spec;
            p->cli->command = (enum cli_command)i;
            return 0;
        }
    }
    return refuse_command(p, word);
}

static int parse_argument(struct parsing *p)
{
    const char *arg = p->argv[p->at];
    struct str flag;

    if (arg[0] != '-')
        return parse_word(p, arg);
    if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
        p->help = true;
        return 0;
    }
    if (strcmp(arg, "--version") == 0 || strcmp(arg, "-V") == 0) {
        p->version = true;
        return 0;
    }
    str_cut(str_of(arg), '=', &flag);
    return parse_flag(p, flag);
}

static void set_option_defaults(struct cli *cli)
{
    for (int i = 0; i < CLI__COMMANDS; i++) {
        const struct cli_spec *spec = cli_spec((enum cli_command)i);
        struct buf problem = {0};

        for (size_t k = 0; k < spec->n_options; k++)
            setting_set(&spec->options[k], cli, str_of(spec->options[k].initial),
                        &problem);
        buf_done(&problem);
    }
}

static int check_operand(struct parsing *p)
{
    const struct cli_spec *spec = p->spec;
    uint64_t poll = 0;

    if (spec == NULL || spec->operand == NULL)
        return 0;
    if (p->cli->operand == NULL) {
        buf_printf(p->err, "pollux: %s needs a %s\n", spec->name, spec->operand);
    } else if (p->cli->command == CLI_EXPORT && !p->cli->all &&
               (str_to_u64(str_of(p->cli->operand), UINT32_MAX, &poll) != 0 ||
                poll == 0)) {
        buf_text(p->err, "pollux: this is not the number of a poll: ");
        buf_json_str(p->err, str_of(p->cli->operand));
        buf_char(p->err, '\n');
    } else {
        p->cli->export_poll = (uint32_t)poll;
        return 0;
    }
    try_help(p);
    return ERR_INVALID;
}

/* Rules between options. */
static int check_options(struct parsing *p)
{
    if (p->cli->token_count - 1 > INT_MAX - p->cli->token_first) {
        buf_printf(p->err, "pollux: --count: the last id would be above %d\n", INT_MAX);
        return ERR_INVALID;
    }
    if (!p->cli->csv) {
        buf_text(p->err, "pollux: --csv: there is no other format yet\n");
        return ERR_INVALID;
    }
    return 0;
}

static int parse(struct parsing *p)
{
    for (p->at = 1; p->at < p->argc; p->at++) {
        int rc = parse_argument(p);

        if (rc != 0)
            return rc;
    }
    if (p->help || p->version)
        return 0;
    return check_options(p) != 0 ? ERR_INVALID : check_operand(p);
}

/* --- what is answered here --- */

static void add_lines(struct buf *out, const char *prefix, struct str lines)
{
    struct str line;

    while (lines.len != 0) {
        lines = str_cut(lines, '\n', &line);
        buf_text(out, prefix);
        buf_str_add(out, line);
        buf_char(out, '\n');
    }
}

/* What the configuration itself can say; the profile may look further. */
static enum cli_exit check_config(const struct cli *cli, const struct config *c,
                                  struct cli_text *text)
{
    add_lines(&text->err, "warning: ", buf_str(&text->warnings));
    text->warnings.len = 0;
    if (!cli->print) {
        buf_text(&text->out, "configuration OK\n");
        return CLI_GO_ON;
    }
    buf_text(&text->out, "# configuration OK\n");
    config_print(c, &text->out);
    return CLI_GO_ON;
}

static enum cli_exit configure(struct parsing *p, char *const *env,
                               struct config *ret_config, struct cli_text *text)
{
    struct config_sources sources = {
        .flags = p->flags, .n_flags = p->n_flags, .env = env, .file = p->config_file};
    struct config_report report = {0};
    int rc = config_load(&sources, ret_config, &report);

    buf_str_add(&text->warnings, buf_str(&report.warnings));
    buf_str_add(&text->err, buf_str(&report.errors));
    config_report_done(&report);
    return rc == 0 ? CLI_GO_ON : CLI_FAILED;
}

static enum cli_exit answer(struct parsing *p, char *const *env,
                            struct config *ret_config, struct cli_text *text)
{
    enum cli_exit exit;

    if (p->help && p->spec == NULL)
        cli_help(&text->out);
    else if (p->help)
        cli_command_help(p->spec, &text->out);
    else if (p->version)
        buf_text(&text->out, "pollux " POLLUX_VERSION "\n");
    else if (p->cli->markdown)
        config_markdown(&text->out);
    if (text->out.len != 0)
        return CLI_OK;

    if (p->spec == NULL) {
        cli_help(&text->err);
        return CLI_USAGE;
    }
    exit = configure(p, env, ret_config, text);
    if (exit == CLI_GO_ON && p->cli->command == CLI_CHECK_CONFIG)
        return check_config(p->cli, ret_config, text);
    return exit;
}

enum cli_exit cli_start(int argc, char *const *argv, char *const *env,
                        struct cli *ret_cli, struct config *ret_config,
                        struct cli_text *text)
{
    struct parsing p = {.argc = argc, .argv = argv, .cli = ret_cli, .err = &text->err};
    enum cli_exit exit;

    *ret_cli = (struct cli){0};
    *ret_config = (struct config){0};
    set_option_defaults(ret_cli);
    p.flags = mem_zalloc((size_t)argc, sizeof *p.flags);
    exit = parse(&p) != 0 ? CLI_USAGE : answer(&p, env, ret_config, text);
    mem_free(p.flags);
    return exit;
}
