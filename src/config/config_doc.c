#include "config/config_doc.h"

#include <string.h>

enum { HELP_COLUMN = 34, HELP_WIDTH = 88, PRINT_COLUMN = 44 };

struct section {
    const char *name, *title;
};

static const struct section sections[] = {
#define X(name_, title_) {.name = (name_), .title = (title_)},
    CONFIG_SECTIONS(X)
#undef X
};

enum { N_SECTIONS = sizeof sections / sizeof *sections };

static const char *const placeholders[] = {
    [SETTING_BOOL] = "BOOL",   [SETTING_INT] = "NUMBER",
    [SETTING_SIZE] = "SIZE",   [SETTING_DURATION] = "DURATION",
    [SETTING_STRING] = "TEXT", [SETTING_SECRET] = "SECRET",
    [SETTING_ENUM] = "WORD",   [SETTING_WORDS] = "WORDS",
    [SETTING_LIST] = "LIST",
};

/* The part of a key before its dot, "" when there is none. */
static bool in_section(const struct setting *s, const struct section *section)
{
    struct str head, name = str_of(s->name);

    str_cut(name, '.', &head);
    if (head.len == name.len)
        head.len = 0;
    return str_eq(head, str_of(section->name));
}

static void pad_to(struct buf *out, size_t line_start, size_t column)
{
    while (out->len - line_start < column)
        buf_char(out, ' ');
}

/* Wrap text at the right margin; further lines are indented to the help column. */
static void wrap(struct buf *out, size_t line_start, struct str text)
{
    struct str word;

    while (text.len != 0) {
        text = str_cut(text, ' ', &word);
        if (out->len - line_start + 1 + word.len > HELP_WIDTH) {
            buf_char(out, '\n');
            line_start = out->len;
            pad_to(out, line_start, HELP_COLUMN - 1);
        }
        buf_char(out, ' ');
        buf_str_add(out, word);
    }
}

/* Write "[default; what is accepted]", leaving out what says nothing. */
static void add_facts(const struct setting *s, struct buf *out)
{
    buf_char(out, '[');
    if (strchr(s->accepts, '|') != NULL) {
        buf_text(out, s->accepts);
        buf_text(out, "; ");
    }
    if (s->initial[0] != '\0')
        buf_text(out, s->initial);
    else
        buf_text(out, s->type == SETTING_LIST ? "empty" : "not set");
    buf_char(out, ']');
}

void config_help_line(const struct setting *s, struct buf *out)
{
    struct buf text = {0};
    size_t start = out->len;

    buf_text(out, "  ");
    config_flag_name(s, out);
    buf_char(out, ' ');
    buf_text(out, placeholders[s->type]);
    if (out->len - start >= HELP_COLUMN - 1) {
        buf_char(out, '\n');
        start = out->len;
    }
    pad_to(out, start, HELP_COLUMN - 1);

    buf_text(&text, s->help);
    if (s->type == SETTING_SECRET)
        buf_text(&text, " A flag shows in the list of processes: prefer the file, the "
                        "environment or its _FILE.");
    buf_char(&text, ' ');
    add_facts(s, &text);
    wrap(out, start, buf_str(&text));
    buf_char(out, '\n');
    buf_done(&text);
}

void config_help(struct buf *out)
{
    for (size_t i = 0; i < N_SECTIONS; i++) {
        buf_printf(out, "\n%s:\n", sections[i].title);
        for (int key = 0; key < CONFIG__KEYS; key++)
            if (in_section(config_setting((enum config_key)key), &sections[i]))
                config_help_line(config_setting((enum config_key)key), out);
    }
}

static void print_origin(const struct config *c, enum config_key key, struct buf *out)
{
    const struct config_origin *o = &c->origins[key];

    switch (o->source) {
    case CONFIG_DEFAULT:
        buf_text(out, "default");
        break;
    case CONFIG_FILE:
        setting_show_text(c->file, out); /* one line, whatever the name */
        buf_printf(out, " line %zu", o->line);
        break;
    case CONFIG_ENV:
        buf_text(out, "environment ");
        config_env_name(config_setting(key), out);
        break;
    case CONFIG_FLAG:
        buf_text(out, "flag ");
        config_flag_name(config_setting(key), out);
        break;
    }
}

void config_print(const struct config *c, struct buf *out)
{
    for (int i = 0; i < CONFIG__KEYS; i++) {
        enum config_key key = (enum config_key)i;
        const struct setting *s = config_setting(key);
        size_t start = out->len;

        if (s->type == SETTING_SECRET) {
            const char *secret = *(char *const *)((const char *)c + s->offset);

            buf_printf(out, "# %s: %s", s->name,
                       *secret != '\0' ? "(set)" : "(not set)");
        } else {
            buf_printf(out, "%s: ", s->name);
            setting_show(s, c, out);
        }
        pad_to(out, start, PRINT_COLUMN);
        buf_text(out, " # ");
        print_origin(c, key, out);
        buf_char(out, '\n');
    }
}

static const char markdown_head[] =
    "# Configuration\n"
    "\n"
    "<!-- Made by `script/check-docs --write` from src/tbl/config.h. Do not edit. -->\n"
    "\n"
    "Every key has one name in three spellings:\n"
    "\n"
    "| where | spelling | example |\n"
    "|---|---|---|\n"
    "| file (YAML) | `server.port` | `server:` and below it `port: 8080`; or "
    "`server.port: 8080` |\n"
    "| environment | `POLLUX_SERVER_PORT` | `POLLUX_SERVER_PORT=8080 pollux serve` |\n"
    "| flag | `--server-port` | `pollux serve --server-port 8080`, or "
    "`--server-port=8080` |\n"
    "\n"
    "A flag wins over the environment, the environment over the file, the file over "
    "the "
    "default.\n"
    "\n"
    "* The file is the one that `--config FILE` or `POLLUX_CONFIG` names. No other is "
    "read.\n"
    "* An environment variable that is empty counts as not set. An unknown `POLLUX_…` "
    "variable is warned about,\n"
    "  an unknown key in the file or flag is an error.\n"
    "* A secret has a further variable that names a file which holds it: "
    "`POLLUX_JWT_SECRET_FILE=/run/secrets/jwt`.\n"
    "  As a flag a secret shows in the list of processes; prefer a file or the "
    "environment.\n"
    "* A size is a number of bytes, or of `KiB`, `MiB`, `GiB`, `TiB`. A duration is "
    "`500ms`, `30s`, `5m`, `24h`, `7d` or a sum\n"
    "  such as `1h30m`. A list is `a,b,c` in the environment and as a flag, and a YAML "
    "list in the file.\n"
    "* Keys are read once, at the start: restart the server to change one.\n"
    "\n"
    "`pollux check-config` says `configuration OK`, or every problem as one line and "
    "exits with 1. With `--print` it shows\n"
    "the value of every key and where it came from, as a file that can be used again.\n"
    "\n"
    "```yaml\n"
    "# pollux.yaml\n"
    "server:\n"
    "  address: 0.0.0.0\n"
    "  port: 8080\n"
    "  origins: [https://polls.example]\n"
    "  trusted_proxies: [10.0.0.0/8]\n"
    "data:\n"
    "  dir: /var/lib/pollux\n"
    "log:\n"
    "  level: info\n"
    "```\n";

static void markdown_words(const char *words, struct buf *out)
{
    struct str rest = str_of(words), head;

    while (rest.len != 0) {
        rest = str_cut(rest, '|', &head);
        buf_printf(out, "`%.*s`%s", (int)head.len, head.at, rest.len ? ", " : "");
    }
}

static void markdown_accepts(const struct setting *s, struct buf *out)
{
    const char *most;

    switch (s->type) {
    case SETTING_BOOL:
        buf_text(out, "`true` or `false`");
        break;
    case SETTING_STRING:
        buf_text(out, "text");
        break;
    case SETTING_SECRET:
        buf_text(out, "secret");
        break;
    case SETTING_LIST:
        setting_expected(s, out);
        break;
    case SETTING_WORDS:
        buf_text(out, "`all`, or one or more of ");
        markdown_words(s->accepts, out);
        break;
    case SETTING_ENUM:
        markdown_words(s->accepts, out);
        break;
    case SETTING_INT:
    case SETTING_SIZE:
    case SETTING_DURATION:
        most = strstr(s->accepts, "..");
        buf_printf(out, "`%.*s` to `%s`", (int)(most - s->accepts), s->accepts,
                   most + 2);
        break;
    }
}

/* < and > would be tags */
static void markdown_text(const char *text, struct buf *out)
{
    for (; *text != '\0'; text++) {
        if (*text == '<' || *text == '>')
            buf_text(out, *text == '<' ? "&lt;" : "&gt;");
        else
            buf_char(out, *text);
    }
}

static void markdown_row(const struct setting *s, struct buf *out)
{
    buf_printf(out, "| `%s` | ", s->name);
    if (s->initial[0] != '\0')
        buf_printf(out, "`%s`", s->initial);
    buf_text(out, " | ");
    markdown_accepts(s, out);
    buf_text(out, " | ");
    markdown_text(s->help, out);
    buf_text(out, " |\n");
}

void config_markdown(struct buf *out)
{
    buf_text(out, markdown_head);
    for (size_t i = 0; i < N_SECTIONS; i++) {
        buf_printf(out, "\n## %s\n\n| key | default | takes | |\n|---|---|---|---|\n",
                   sections[i].title);
        for (int key = 0; key < CONFIG__KEYS; key++)
            if (in_section(config_setting((enum config_key)key), &sections[i]))
                markdown_row(config_setting((enum config_key)key), out);
    }
}
