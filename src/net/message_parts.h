/* message_parts.h — shared by message.c (the head) and message_body.c (chunks). */
#ifndef NET_MESSAGE_PARTS_H
#define NET_MESSAGE_PARTS_H

#include "net/message.h"

/* A line of the request without its CR LF, as a part of the caller's bytes. */
struct line {
    const char *data; /* the request's first byte */
    size_t at, len;
};

static inline struct str line_str(struct line l)
{
    return (struct str){l.data + l.at, l.len};
}

/* Split "name: value", strictly. The value is trimmed. */
int message_split_field(struct line l, struct str *ret_name, struct str *ret_value);

/* message_read() for a chunked body. */
int message_read_chunks(struct message *m, char *data, size_t *len);

#endif
