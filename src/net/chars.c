#include "net/chars.h"

/* clang-format off */
#define T CHAR_TOKEN
#define V CHAR_VALUE
#define P CHAR_PATH
#define Q CHAR_QUERY
#define H CHAR_HOST
#define I CHAR_ID
#define X CHAR_HEX

const unsigned char char_classes[256] = {
    ['0' ... '9'] = T | V | P | Q | H | I | X,
    ['A' ... 'F'] = T | V | P | Q | H | I | X,
    ['a' ... 'f'] = T | V | P | Q | H | I | X,
    ['G' ... 'Z'] = T | V | P | Q | H | I,
    ['g' ... 'z'] = T | V | P | Q | H | I,

    ['-']  = T | V | P | Q | H | I,
    ['.']  = T | V | P | Q | H | I,
    ['_']  = T | V | P | Q | H | I,
    ['~']  = T | V | P | Q | H | I,
    ['+']  = T | V | P | Q     | I,
    ['!']  = T | V | P | Q,
    ['$']  = T | V | P | Q,
    ['%']  = T | V | P | Q,
    ['&']  = T | V | P | Q,
    ['\''] = T | V | P | Q,
    ['*']  = T | V | P | Q,
    ['^']  = T | V     | Q,
    ['`']  = T | V     | Q,
    ['|']  = T | V     | Q,
    ['#']  = T | V,

    [':']  = V | P | Q | H | I,
    ['/']  = V | P | Q     | I,
    ['=']  = V | P | Q     | I,
    ['@']  = V | P | Q     | I,
    ['(']  = V | P | Q,
    [')']  = V | P | Q,
    [',']  = V | P | Q,
    [';']  = V | P | Q,
    ['[']  = V     | Q | H,
    [']']  = V     | Q | H,
    ['?']  = V     | Q,
    ['\\'] = V     | Q,
    ['{']  = V     | Q,
    ['}']  = V     | Q,

    ['"']  = V,
    ['<']  = V,
    ['>']  = V,
    [' ']  = V,
    ['\t'] = V,
    [0x80 ... 0xff] = V,
};
