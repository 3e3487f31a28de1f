/* percent.h — shares of votes, as everybody is shown them.  Threads: pure. */
#ifndef CORE_PERCENT_H
#define CORE_PERCENT_H

#include <stdint.h>

#include "base/buf.h"

/* Tenths of a percent, rounded half up: 20 of 33 is 606. Of none it is 0. */
uint32_t percent_tenths(uint32_t votes, uint32_t total);
/* "60.6", and "60" where it is whole. */
void percent_write(struct buf *out, uint32_t tenths);

#endif
