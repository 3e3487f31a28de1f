/* crc32c.h — the Castagnoli checksum (RFC 3720, appendix B.4): in hardware where the
 * processor has it, by table elsewhere. Chain calls by passing the last result. */
#ifndef BALLOT_CRC32C_H
#define BALLOT_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32c(uint32_t crc, const void *p, size_t n);          /* first call: crc 0 */
uint32_t crc32c_portable(uint32_t crc, const void *p, size_t n); /* for tests */

#endif
