#include "base/log.h"

#include <errno.h>
#include <unistd.h>

#include "base/buf.h"

static const char *const level_names[] = {
    [LOG_ERROR] = "error",
    [LOG_WARN] = "warn",
    [LOG_INFO] = "info",
    [LOG_DEBUG] = "debug",
};

/* What the end of a line may need: `,"truncated":true}` and the line feed. */
enum { END_BYTES = 24 };

void log_init(struct log *ret_log, int fd, enum log_level level, enum log_format format)
{
    bool json = format == LOG_FORMAT_AUTO ? isatty(fd) != 1 : format == LOG_FORMAT_JSON;

    *ret_log =
        (struct log){.fd = fd, .level = level, .json = json, .clock = &clock_system};
}

/* Cut s to the length of a field, between two characters. */
static struct str shorten(struct str s, bool *ret_cut)
{
    *ret_cut = s.len > LOG_FIELD_BYTES;
    if (!*ret_cut)
        return s;
    s.len = LOG_FIELD_BYTES;
    for (int i = 0; i < 3 && ((unsigned char)s.at[s.len] & 0xc0) == 0x80; i++)
        s.len--;
    return s;
}

/* Can text format show this word without quotes and stay unambiguous? */
static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] <= ' ' || s.at[i] >= 0x7f || s.at[i] == '"' || s.at[i] == '=' ||
            s.at[i] == '\\')
            return false;
    return s.len != 0;
}

static void add_text(struct buf *b, bool json, struct str text)
{
    bool cut;

    text = shorten(text, &cut);
    if (!json && !cut && is_plain(text)) {
        buf_str_add(b, text);
        return;
    }
    buf_json_str(b, text);
    if (cut) { /* inside the quotes */
        b->len--;
        buf_text(b, "...\"");
    }
}

static void add_field(struct buf *b, bool json, const struct log_field *f)
{
    if (json) {
        buf_char(b, ',');
        buf_json_str(b, str_of(f->name));
        buf_char(b, ':');
    } else {
        buf_char(b, ' ');
        buf_text(b, f->name);
        buf_char(b, '=');
    }
    if (f->type == LOG_FIELD_INT)
        buf_i64(b, f->number);
    else
        add_text(b, json, f->text);
}

static void begin_line(struct buf *b, const struct log *log, enum log_level level,
                       const char *event)
{
    char time[CLOCK_TEXT_BYTES];

    clock_format(clock_now_ms(log->clock), time);
    if (log->json) {
        buf_printf(b, "{\"time\":\"%s\",\"level\":\"%s\",\"event\":", time,
                   level_names[level]);
        add_text(b, true, str_of(event));
    } else {
        buf_printf(b, "%s %-5s %s", time, level_names[level], event);
    }
}

static void write_line(int fd, const struct buf *b)
{
    while (write(fd, b->data, b->len) < 0 && errno == EINTR)
        ;
}

void log_event(const struct log *log, enum log_level level, const char *event,
               const struct log_field *fields, size_t n)
{
    struct buf b = {0};
    bool truncated = false;

    begin_line(&b, log, level, event);
    for (size_t i = 0; i < n; i++) {
        size_t before = b.len;

        add_field(&b, log->json, &fields[i]);
        if (b.len > LOG_LINE_BYTES - END_BYTES) {
            b.len = before;
            truncated = true;
        }
    }
    if (log->json)
        buf_text(&b, truncated ? ",\"truncated\":true}\n" : "}\n");
    else
        buf_text(&b, truncated ? " truncated=true\n" : "\n");
    write_line(log->fd, &b);
    buf_done(&b);
}
