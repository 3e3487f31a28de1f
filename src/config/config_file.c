#include "config/config_file.h"

#include <assert.h>
#include <yaml.h>

#include "base/err.h"
#include "config/nearest.h"

struct reading {
    struct config *config;
    const char *name;
    struct buf *errors;
    yaml_document_t doc;
};

static struct str scalar_text(const yaml_node_t *n)
{
    assert(n->type == YAML_SCALAR_NODE);
    return (struct str){(const char *)n->data.scalar.value, n->data.scalar.length};
}

/* Begin a problem: "name:line: key: ". The caller ends the line. */
static struct buf *problem_at(struct reading *r, size_t line, struct str key)
{
    buf_printf(r->errors, "%s:%zu: ", r->name, line + 1); /* libyaml counts from 0 */
    if (key.len != 0) {
        /* a key from the file may hold anything: only what reads as a name is shown
         * as it is */
        bool plain = true;

        for (size_t i = 0; i < key.len; i++)
            plain = plain && key.at[i] > ' ' && key.at[i] < 0x7f;
        if (plain)
            buf_str_add(r->errors, key);
        else
            buf_json_str(r->errors, key);
        buf_text(r->errors, ": ");
    }
    return r->errors;
}

static void refuse_unknown(struct reading *r, size_t line, struct str key)
{
    struct buf *out = problem_at(r, line, key);
    struct nearest near = {0};

    for (int i = 0; i < CONFIG__KEYS; i++)
        nearest_consider(&near, key, str_of(config_setting((enum config_key)i)->name));
    buf_text(out, "no such key");
    nearest_say(&near, out);
    buf_char(out, '\n');
}

static void refuse_shape(struct reading *r, size_t line, const struct setting *s,
                         const char *what)
{
    struct buf *out = problem_at(r, line, str_of(s->name));

    buf_text(out, "expected ");
    if (s->type == SETTING_LIST)
        buf_text(out, "a list of ");
    setting_expected(s, out);
    buf_printf(out, ", not %s\n", what);
}

/* `key:` with nothing after it, `~` and `null` without quotes. */
static bool is_null(const yaml_node_t *n)
{
    struct str s;

    if (n->type != YAML_SCALAR_NODE || n->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return false;
    s = scalar_text(n);
    return s.len == 0 || str_eq(s, STR("~")) || str_eq_nocase(s, STR("null"));
}

static int set_list(struct reading *r, const struct setting *s, const yaml_node_t *n,
                    struct buf *problem)
{
    struct str items[SETTING_ITEMS + 1];
    size_t n_items = 0;

    for (const yaml_node_item_t *i = n->data.sequence.items.start;
         i < n->data.sequence.items.top; i++) {
        const yaml_node_t *item = yaml_document_get_node(&r->doc, *i);

        if (item->type != YAML_SCALAR_NODE || n_items == SETTING_ITEMS + 1) {
            buf_printf(problem, "expected a list of at most %d texts", SETTING_ITEMS);
            return ERR_INVALID;
        }
        items[n_items++] = scalar_text(item);
    }
    return setting_set_list(s, r->config, items, n_items, problem);
}

static void set_key(struct reading *r, enum config_key key, const yaml_node_t *value)
{
    const struct setting *s = config_setting(key);
    struct config_origin *origin = &r->config->origins[key];
    bool is_list = value->type == YAML_SEQUENCE_NODE;
    bool may_be_list = s->type == SETTING_LIST || s->type == SETTING_WORDS;
    size_t line = value->start_mark.line;
    struct buf problem = {0};
    int rc;

    if (origin->source == CONFIG_FILE) {
        buf_printf(problem_at(r, line, str_of(s->name)), "set before, in line %zu\n",
                   origin->line);
        return;
    }
    *origin = (struct config_origin){.source = CONFIG_FILE, .line = line + 1};
    if (value->type == YAML_MAPPING_NODE) {
        refuse_shape(r, line, s, "a section");
        return;
    }
    if (is_null(value)) {
        refuse_shape(r, line, s, "an empty value");
        return;
    }
    if (is_list ? !may_be_list : s->type == SETTING_LIST) {
        refuse_shape(r, line, s, is_list ? "a list" : "a single text");
        return;
    }
    rc = is_list ? set_list(r, s, value, &problem)
                 : setting_set(s, r->config, scalar_text(value), &problem);
    if (rc != 0) {
        buf_str_add(problem_at(r, line, str_of(s->name)), buf_str(&problem));
        buf_char(r->errors, '\n');
    }
    buf_done(&problem);
}

/* The pairs of a mapping: those of the whole file, or those of a section. */
static void apply_pairs(struct reading *r, const yaml_node_t *mapping,
                        struct str section)
{
    struct buf name = {0};

    for (const yaml_node_pair_t *p = mapping->data.mapping.pairs.start;
         p < mapping->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = yaml_document_get_node(&r->doc, p->key);
        const yaml_node_t *value = yaml_document_get_node(&r->doc, p->value);
        size_t line = key->start_mark.line;
        enum config_key found;

        if (key->type != YAML_SCALAR_NODE) {
            buf_text(problem_at(r, line, section), "expected the name of a key\n");
            continue;
        }
        name.len = 0;
        if (section.len != 0) {
            buf_str_add(&name, section);
            buf_char(&name, '.');
        }
        buf_str_add(&name, scalar_text(key));
        if (config_find(buf_str(&name), &found) == 0)
            set_key(r, found, value);
        else if (!config_is_section(buf_str(&name)))
            refuse_unknown(r, line, buf_str(&name));
        else if (value->type == YAML_MAPPING_NODE)
            apply_pairs(r, value, buf_str(&name));
        else if (!is_null(value)) /* a section with everything commented out is fine */
            buf_text(problem_at(r, line, buf_str(&name)),
                     "expected a section with keys below it\n");
    }
    buf_done(&name);
}

static void apply_document(struct reading *r)
{
    const yaml_node_t *root = yaml_document_get_root_node(&r->doc);

    if (root == NULL || is_null(root))
        return; /* an empty file sets nothing */
    if (root->type != YAML_MAPPING_NODE)
        buf_text(problem_at(r, root->start_mark.line, (struct str){NULL, 0}),
                 "expected keys and values\n");
    else
        apply_pairs(r, root, (struct str){NULL, 0});
}

static void refuse_syntax(struct reading *r, const yaml_parser_t *p)
{
    buf_printf(problem_at(r, p->problem_mark.line, (struct str){NULL, 0}),
               "this is not YAML: %s\n",
               p->problem != NULL ? p->problem : "out of memory");
}

void config_file_apply(struct config *c, struct str text, const char *name,
                       struct buf *errors)
{
    struct reading r = {.config = c, .name = name, .errors = errors};
    yaml_parser_t parser;
    yaml_document_t second;
    int ok;

    if (text.len == 0)
        return;
    ok = yaml_parser_initialize(&parser);
    assert(ok);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.at, text.len);
    if (yaml_parser_load(&parser, &r.doc)) {
        apply_document(&r);
        yaml_document_delete(&r.doc);
        if (!yaml_parser_load(&parser, &second)) {
            refuse_syntax(&r, &parser);
        } else {
            if (yaml_document_get_root_node(&second) != NULL)
                buf_text(problem_at(&r, second.start_mark.line, (struct str){NULL, 0}),
                         "expected one document, not a second one\n");
            yaml_document_delete(&second);
        }
    } else {
        refuse_syntax(&r, &parser);
    }
    yaml_parser_delete(&parser);
}
