/*
 * What is looked at before a body reaches the JSON parser: its size, how
 * deep it nests, how many values it holds. A body over a limit costs no
 * allocation. It checks no grammar; the parser does.
 */
#include "err.h"
#include "wire_impl.h"

/* Where the string that i is in ends: its quote, or past len if open. */
static size_t
skip_string(const uint8_t *p, size_t len, size_t i)
{
	while (i < len && p[i] != '"')
		i += p[i] == '\\' ? 2 : 1;
	return i;
}

int
ly_wire_scan(const uint8_t *p, size_t len, struct ly_why *why)
{
	size_t i, depth = 0, values = 1;

	if (len > LY_WIRE_BODY_MAX)
		return ly_fail(why, LY_ERR_TOOBIG, "body over its limit");
	for (i = 0; i < len; i++) {
		if (p[i] == '"')
			i = skip_string(p, len, i + 1);
		else if (p[i] == '[' || p[i] == '{')
			depth++;
		else if ((p[i] == ']' || p[i] == '}') && depth > 0)
			depth--;
		if (i < len && (p[i] == ',' || p[i] == '[' || p[i] == '{'))
			values++;
		if (depth > LY_WIRE_DEPTH_MAX)
			return ly_fail(why, LY_ERR_TOOBIG, "nested too deep");
		if (values > LY_WIRE_VALUES_MAX)
			return ly_fail(why, LY_ERR_TOOBIG, "too many values");
	}
	return 0;
}

size_t
ly_wire_utf8(const uint8_t *p, size_t left)
{
	static const struct {
		uint8_t mask, lead;
		uint32_t least;
	} forms[] = {
		{ 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 },
	};
	uint32_t c;
	size_t i, n;

	for (n = 0; n < 4 && left > n; n++)
		if ((p[0] & forms[n].mask) == forms[n].lead)
			break;
	if (n == 4 || left <= n)
		return 0;
	c = p[0] & (uint8_t)~forms[n].mask;
	for (i = 1; i <= n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fu);
	}
	if (c < forms[n].least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	return n + 1;
}
