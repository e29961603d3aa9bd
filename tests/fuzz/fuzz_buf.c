/*
 * The reader of bytes: an input is a row of opcodes and what they read. What
 * is read is put again, and must come out as the bytes that went in.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Read one value by opcode and put it back. */
static int
step(unsigned op, struct ly_reader *r, struct ly_buf *b)
{
	const uint8_t *p;
	char str[32];
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;
	uint8_t u8;
	size_t len;

	switch (op % 6) {
	case 0:
		return ly_get_u8(r, &u8) != 0 || ly_buf_put_u8(b, u8) != 0;
	case 1:
		return ly_get_u16(r, &u16) != 0 ||
		    ly_buf_put_u16(b, u16) != 0;
	case 2:
		return ly_get_u32(r, &u32) != 0 ||
		    ly_buf_put_u32(b, u32) != 0;
	case 3:
		return ly_get_u64(r, &u64) != 0 ||
		    ly_buf_put_u64(b, u64) != 0;
	case 4:
		return ly_get_blob(r, 1000, &p, &len) != 0 ||
		    ly_buf_put_blob(b, p, len) != 0;
	default:
		return ly_get_str(r, str, sizeof(str)) != 0 ||
		    ly_buf_put_str(b, str) != 0;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ly_reader r;
	struct ly_buf b;
	size_t ops;

	if (size == 0)
		return 0;
	ops = data[0] < size ? data[0] : size - 1;
	data++;
	size--;
	ly_buf_init(&b, 4096);
	ly_reader_init(&r, data + ops, size - ops);
	for (size_t i = 0; i < ops; i++)
		if (step(data[i], &r, &b) != 0)
			break;
	if (b.err == 0 && b.len > 0 && memcmp(b.data, data + ops, b.len) != 0)
		abort();
	if (r.left > size - ops)
		abort();
	ly_buf_clear(&b);
	return 0;
}
