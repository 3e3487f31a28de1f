/* fuzz_config_file.c — the configuration file: any bytes are a configuration or lines
 * that say what is wrong, and what was read can be shown and read again. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "config/config_doc.h"
#include "config/config_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void set_defaults(struct config *c)
{
    struct buf problem = {0};

    for (int i = 0; i < CONFIG__KEYS; i++) {
        const struct setting *s = config_setting((enum config_key)i);

        if (setting_set(s, c, str_of(s->initial), &problem) != 0)
            abort();
    }
    c->file = NULL;
}

static void show_and_read(struct config *c, struct buf *out)
{
    struct config again = {0};
    struct buf errors = {0};

    config_print(c, out);
    set_defaults(&again);
    config_file_apply(&again, buf_str(out), "again", &errors);
    assert(errors.len == 0);
    config_done(&again);
    buf_done(&errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config c = {0};
    struct buf errors = {0}, shown = {0};

    set_defaults(&c);
    config_file_apply(&c, (struct str){(const char *)data, size}, "fuzz", &errors);
    if (errors.len == 0)
        show_and_read(&c, &shown);
    else
        assert(errors.data[errors.len - 1] == '\n');
    config_done(&c);
    buf_done(&errors);
    buf_done(&shown);
    return 0;
}
